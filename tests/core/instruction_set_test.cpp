#include "core/instruction_set.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/check.h"
#include "tests/support/error_message.h"

namespace splat {
namespace {

TEST(InstructionSets, BeginWithTheScalarOneAndEndWithTheBest) {
  const std::vector<InstructionSet>& usable = UsableInstructionSets();
  ASSERT_FALSE(usable.empty());
  EXPECT_EQ(usable.front(), InstructionSet::kScalar);
  EXPECT_TRUE(std::is_sorted(usable.begin(), usable.end()));
  EXPECT_EQ(BestInstructionSet(), usable.back());
}

TEST(InstructionSets, AreFoundByName) {
  for (const InstructionSet set : UsableInstructionSets()) EXPECT_EQ(InstructionSetNamed(NameOf(set)), set);
  EXPECT_EQ(InstructionSetNamed("auto"), BestInstructionSet());
}

TEST(InstructionSets, OfOtherMachinesAreRefusedWithTheUsableNames) {
  const std::string message = testing::ErrorMessageOf([] { InstructionSetNamed("altivec"); });
  EXPECT_NE(message.find("\"altivec\""), std::string::npos) << message;
  EXPECT_NE(message.find("auto, scalar"), std::string::npos) << message;
#if defined(__x86_64__)
  EXPECT_THROW(InstructionSetNamed("neon"), Error);
#else
  EXPECT_THROW(InstructionSetNamed("avx2"), Error);
#endif
}

}  // namespace
}  // namespace splat
