#include "apps/cli/program.h"

#include <iostream>
#include <new>

#include "apps/cli/interrupt.h"
#include "apps/cli/version.h"
#include "core/check.h"
#include "core/printable.h"

namespace splat::apps {
namespace {

constexpr int kExitFailure = 1;
constexpr int kExitInterrupted = 130;  // 128 + SIGINT, as shells count

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

int Fail(const std::string& program, const std::string& message) {
  std::cout.flush();
  std::cerr << program << ": error: " << Printable(message) << std::endl;
  return kExitFailure;
}

}  // namespace

std::string ProgramVersion(const std::string& program) {
  return program + " " + VersionText();
}

int RunProgram(const std::string& program, const std::function<int()>& run) {
  IgnoreFailedWrites();
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
  } catch (const Error& error) {
    return Fail(program, error.what());  // one line, also where a name in it has a line end
  } catch (const std::exception& error) {
    return Fail(program, FirstLine(error.what()));  // LibTorch's messages go on with a stack trace
  }
}

}  // namespace splat::apps
