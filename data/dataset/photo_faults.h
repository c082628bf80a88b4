// This header reports the faults of photos and what becomes of these photos, in a few lines however many there are.
#pragma once

#include <string>
#include <vector>

#include "core/log.h"

namespace splat::data {

// These are the photos that share a fault, and what is said about the first of them.
struct PhotoFault {
  std::vector<std::string> names;
  std::string example;

  void Add(const std::string& name, const std::string& what);
  // One warning, if there are any: source, example, `advice`, and the photos.
  void Warn(const LogSink& log, const std::string& source, const std::string& advice) const;
};

// These are the photos of several faults. Two texts belong to one fault if they differ only in numbers and in entries
// such as ('a.jpg').
class PhotoFaults {
 public:
  void Add(const std::string& name, const std::string& what);
  bool empty() const { return faults_.empty(); }
  // One warning for each of the first three faults, in the order of appearance. The last of them counts the photos of
  // all other faults and gives the first of these.
  void Warn(const LogSink& log, const std::string& source, const std::string& advice) const;
  // Returns the first fault, and how many photos have others.
  std::string Summary() const;

 private:
  // Returns the end of the line of the `shown`th fault: "", or how many photos have the faults after it.
  std::string Others(size_t shown) const;

  std::vector<PhotoFault> faults_;
  std::vector<std::string> kinds_;  // of the faults
};

}  // namespace splat::data
