#include "apps/cli/program.h"

#include <iostream>
#include <new>

#include "apps/cli/exit_status.h"
#include "apps/cli/interrupt.h"
#include "core/printable.h"
#include "core/reason.h"

namespace splat::apps {
namespace {

int Fail(const std::string& program, const std::string& message) {
  std::cout.flush();
  std::cerr << program << ": error: " << Printable(message) << std::endl;
  return kExitFailure;
}

}  // namespace

int RunProgram(const std::string& program, const std::function<int()>& run) {
  IgnoreFailedWrites();
  EndAtOnceWhenInterrupted();
  try {
    return run();
  } catch (const Interrupted& interrupted) {
    std::cout.flush();
    std::cerr << program << ": " << Printable(interrupted.what()) << std::endl;
    return kExitInterrupted;
  } catch (const std::bad_alloc&) {
    return Fail(program,
                "out of memory; use smaller images (--downscale, --max-image-size) or fewer splats "
                "(--max-gaussians)");
  } catch (const std::exception& error) {
    return Fail(program, ReasonOf(error));
  }
}

}  // namespace splat::apps
