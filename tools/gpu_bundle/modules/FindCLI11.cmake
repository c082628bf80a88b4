splat_bundle_target(CLI11::CLI11 CLI/CLI.hpp)
splat_bundle_found()
