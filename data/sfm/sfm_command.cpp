#include "data/sfm/sfm_command.h"

#include <csignal>
#include <cstring>

#include "core/check.h"
#include "data/sfm/colmap_log.h"
#include "data/sfm/sfm_repair.h"
#include "data/sfm/sfm_report.h"

namespace splat::data {
namespace {

std::string HowLong(const SfmContext& context) {
  return StrCat("showed no sign of work for ", context.options.idle_minutes, " minutes");
}

}  // namespace

ColmapRun RunCommand(SfmContext& context, const std::function<SfmCommand()>& prepare, const StageShare& share) {
  ColmapLogFollower follower(share.stage, share.photos);
  const auto run_once = [&](const SfmCommand& command) {
    return context.colmap.Run(command.name, command.needed, command.wished, [&](const std::string& line) {
      if (const auto step = follower.Follow(line)) {
        const double fraction = share.begin + (share.end - share.begin) * step->fraction;
        Report(context, {share.stage, share.attempt, fraction, step->text});
      }
    });
  };
  SfmCommand command = prepare();
  ColmapRun run = run_once(command);
  if (run.idle) {
    Warn(context, StrCat("COLMAP's ", command.name, " ", HowLong(context), ": it was ended and is started once more"));
    command = prepare();
    run = run_once(command);
  }
  for (const std::string& option : run.left_out_options) {
    AddNote(context, StrCat("this version of COLMAP has no ", option, " for ", command.name, "; its default holds"));
  }
  return run;
}

std::string Ending(const SfmContext& context, const ColmapRun& run) {
  std::string how = StrCat("failed with exit code ", run.exit_code);
  if (run.idle) how = HowLong(context) + ", twice, and was ended (--colmap-idle-minutes)";
  if (run.crashed()) {
    how = StrCat("was ended by the system (", strsignal(run.signal), run.signal == SIGKILL ? ": short of memory?" : "",
                 ")");
  }
  return run.message.empty() ? how : StrCat(how, ": ", run.message);
}

void Require(const SfmContext& context, const std::string& command, const ColmapRun& run) {
  if (run.ok()) return;
  const std::string message =
      StrCat("COLMAP's ", command, " ", Ending(context, run), "; its whole output is in ", context.colmap.log_path());
  ThrowIfDamaged(run.message.empty() ? "" : message);
  throw Error(message);
}

}  // namespace splat::data
