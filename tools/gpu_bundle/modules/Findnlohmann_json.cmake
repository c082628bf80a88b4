splat_bundle_target(nlohmann_json::nlohmann_json nlohmann/json.hpp)
splat_bundle_found()
