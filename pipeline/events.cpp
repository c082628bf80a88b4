#include "pipeline/events.h"

#include "core/interrupted.h"

namespace splat::pipeline {

const char* NameOf(Stage stage) {
  switch (stage) {
    case Stage::kPoses:
      return "poses";
    case Stage::kPhotos:
      return "photos";
    case Stage::kTraining:
      return "training";
    case Stage::kWriting:
      return "writing";
    case Stage::kEvaluation:
      return "evaluation";
    case Stage::kChecking:
      return "checking";
  }
  return "";
}

void Reporter::Send(Event::Kind kind, const std::string& text) {
  if (!client_.on_event) return;
  Event event;
  event.kind = kind;
  event.stage = stage_;
  event.title = title_;
  event.text = text;
  client_.on_event(event);
}

void Reporter::Begin(Stage stage, const std::string& title) {
  stage_ = stage;
  title_ = title;
  Send(Event::Kind::kBegin, "");
}

void Reporter::Progress(double fraction, const std::string& text, std::vector<std::pair<std::string, double>> numbers) {
  if (client_.on_event)
    client_.on_event({Event::Kind::kProgress, stage_, title_, fraction, text, std::move(numbers), {}});
}

void Reporter::End(const std::string& text, std::vector<std::pair<std::string, double>> numbers) {
  if (client_.on_event) client_.on_event({Event::Kind::kEnd, stage_, title_, 1, text, std::move(numbers), {}});
}

void Reporter::Note(const std::string& text) {
  Send(Event::Kind::kNote, text);
}

void Reporter::Warn(const std::string& text) {
  Send(Event::Kind::kWarning, text);
}

void Reporter::Wrote(const std::vector<std::string>& files, const std::string& text) {
  if (client_.on_event) client_.on_event({Event::Kind::kNote, stage_, title_, 1, text, {}, files});
}

void Reporter::ThrowIfStopped(const std::string& message) const {
  if (StopRequested()) throw Interrupted(message);
}

LogSink Reporter::Sink() {
  return [this](LogLevel level, const std::string& line) {
    Send(level == LogLevel::kWarning ? Event::Kind::kWarning
         : level == LogLevel::kInfo  ? Event::Kind::kNote
                                     : Event::Kind::kDetail,
         line);
  };
}

}  // namespace splat::pipeline
