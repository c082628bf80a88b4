// This header writes numbers and lists as text for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace splat {

// Seconds as "0:07", "12:34" or "1:02:03"; "?" if not finite or negative.
std::string FormatDuration(double seconds);

// 1234567 as "1,234,567".
std::string FormatCount(int64_t count);

// 31.8149 with two decimals as "31.81".
std::string FormatFixed(double value, int decimals);

// "a.jpg, b.jpg, ... (7 in all)"; each as ShortName (core/printable.h) gives it.
std::string NamesInBrief(const std::vector<std::string>& names);

}  // namespace splat
