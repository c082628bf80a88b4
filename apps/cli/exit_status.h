// The programs end with these statuses, which docs/reliability.md describes; 0 means that all that was asked for is
// done.
#pragma once

namespace splat::apps {

constexpr int kExitFailure = 1;        // also for wrong options and input that cannot be used
constexpr int kExitInterrupted = 130;  // 128 + SIGINT, as shells count

}  // namespace splat::apps
