// Events tell a client what a run does while it works. The terminal, a log in JSON, a preview and a test are clients:
// each takes the same events and shows what it wants of them.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/log.h"

namespace splat::pipeline {

// The stages of a run, in their order. A stage that has nothing to do sends no event.
enum class Stage { kPoses, kPhotos, kTraining, kWriting, kEvaluation, kChecking };

// A word for programs: "poses", "photos", "training", "writing", "evaluation", "checking".
const char* NameOf(Stage stage);

struct Event {
  enum class Kind {
    kBegin,     // A stage, or a part of one, begins; `title` names it.
    kProgress,  // The part has come to `fraction`.
    kEnd,       // The part has ended; `text` sums it up.
    kNote,      // A line that people want to read.
    kDetail,    // A line for people who asked for more of them.
    kWarning    // A line about something that is not as it should be; the run goes on.
  };
  Kind kind = Kind::kNote;
  Stage stage = Stage::kPoses;
  std::string title;    // of the part of the stage, for people: "Structure from motion: features"
  double fraction = 0;  // of the part, 0..1
  std::string text;     // one line for people, without a line end
  // These names and values, such as {"loss", 0.041}, tell programs the same. Each name is documented where it is sent
  // (pipeline/stages.h) and keeps its meaning.
  std::vector<std::pair<std::string, double>> numbers;
  std::vector<std::string> files;  // paths of files that have just been written
};

// The client's side of a run. Both functions may be empty. They are called on the thread that runs the pipeline, never
// at the same time, and must not call back into the run.
struct Client {
  std::function<void(const Event&)> on_event;
  // The run calls this function often; true asks it to stop in order. Training then ends early and its scene is still
  // written; before the training, and in what comes after the scene is written, the stage under way is given up.
  std::function<bool()> stop;
};

// Sends the events of a run to its client.
class Reporter {
 public:
  explicit Reporter(const Client& client) : client_(client) {}

  void Begin(Stage stage, const std::string& title);
  void Progress(double fraction, const std::string& text, std::vector<std::pair<std::string, double>> numbers = {});
  void End(const std::string& text, std::vector<std::pair<std::string, double>> numbers = {});
  void Note(const std::string& text);
  void Warn(const std::string& text);
  void Wrote(const std::vector<std::string>& files, const std::string& text);

  bool StopRequested() const { return client_.stop && client_.stop(); }
  // Throws Interrupted(message) if a stop was requested.
  void ThrowIfStopped(const std::string& message) const;

  // A sink for the libraries that log.
  LogSink Sink();

 private:
  void Send(Event::Kind kind, const std::string& text);

  const Client& client_;
  Stage stage_ = Stage::kPoses;
  std::string title_;
};

}  // namespace splat::pipeline
