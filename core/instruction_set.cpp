#include "core/instruction_set.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "core/check.h"

namespace splat {
namespace {

#if defined(__x86_64__)
// Clang's __builtin_cpu_supports does not know this name in all versions.
bool HasF16c() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_F16C) != 0;
}
#endif

std::vector<InstructionSet> FindUsable() {
  std::vector<InstructionSet> usable = {InstructionSet::kScalar};
#if defined(__x86_64__)
  // What the flags of splat_simd_sources (cmake/SplatTargets.cmake) let the compiler use.
  const bool sse4 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt") &&
                    __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul");
  const bool avx2 = sse4 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && HasF16c();
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl");
  if (sse4) usable.push_back(InstructionSet::kSse4);
  if (avx2) usable.push_back(InstructionSet::kAvx2);
  if (avx512) usable.push_back(InstructionSet::kAvx512);
#elif defined(__aarch64__)
  usable.push_back(InstructionSet::kNeon);
#endif
  return usable;
}

}  // namespace

const char* NameOf(InstructionSet set) {
  constexpr const char* kNames[kInstructionSets] = {"scalar", "neon", "sse4", "avx2", "avx512"};
  return kNames[int(set)];
}

std::vector<std::string> InstructionSetNames() {
  std::vector<std::string> names = {"auto"};
  for (int set = 0; set < kInstructionSets; ++set) names.emplace_back(NameOf(InstructionSet(set)));
  return names;
}

const std::vector<InstructionSet>& UsableInstructionSets() {
  static const std::vector<InstructionSet> usable = FindUsable();
  return usable;
}

InstructionSet BestInstructionSet() {
  return UsableInstructionSets().back();
}

InstructionSet InstructionSetNamed(const std::string& name) {
  if (name == "auto") return BestInstructionSet();
  std::string names = "auto";
  for (const InstructionSet set : UsableInstructionSets()) {
    if (name == NameOf(set)) return set;
    names += StrCat(", ", NameOf(set));
  }
  throw Error(StrCat("instruction set \"", name, "\" is not one of ", names));
}

}  // namespace splat
