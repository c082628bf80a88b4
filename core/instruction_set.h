// This header lists the instruction sets that the hot loops are compiled for, and tells which of them this machine has.
#pragma once

#include <string>
#include <vector>

namespace splat {

// The sets are ordered from slow to fast. kScalar is one number at a time; sets of other architectures are not in a
// build.
enum class InstructionSet { kScalar, kNeon, kSse4, kAvx2, kAvx512 };
constexpr int kInstructionSets = 5;

// "scalar", "neon", "sse4", "avx2", "avx512".
const char* NameOf(InstructionSet set);

// "auto" and the names of all sets, usable or not.
std::vector<std::string> InstructionSetNames();

// Returns the instruction sets that this build has and this machine can run, from slow to fast.
const std::vector<InstructionSet>& UsableInstructionSets();

// The fastest of them.
InstructionSet BestInstructionSet();

// Returns the usable set of that name, and the best one for "auto". Throws splat::Error with the names of the usable
// ones.
InstructionSet InstructionSetNamed(const std::string& name);

}  // namespace splat
