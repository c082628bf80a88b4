# A package configuration, not a module: the product asks for Boost in that mode.
splat_bundle_target(Boost::context boost/context/detail/fcontext.hpp LIBRARY boost_context)
