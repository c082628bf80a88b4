splat_bundle_target(ZLIB::ZLIB zlib.h LIBRARY z)
splat_bundle_found()
