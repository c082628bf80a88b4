#include "core/machine_limits.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.h"

namespace splat {
namespace {

constexpr int64_t kMegabyte = 1 << 20;

// A system whose files of control groups are made up.
class MachineLimits : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& text) const {
    const std::filesystem::path file = root_ / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text << "\n";
  }
  void WriteMegabytes(const std::string& path, int64_t megabytes) const {
    Write(path, std::to_string(megabytes * kMegabyte));
  }
  GroupLimits Read() const { return ReadGroupLimits(root_.path()); }
  testing::TempDir root_;
};

TEST_F(MachineLimits, NoneWithoutGroups) {
  EXPECT_EQ(Read().memory, INT64_MAX);
  EXPECT_EQ(Read().free, INT64_MAX);
  EXPECT_EQ(Read().cores, 0);
  Write("proc/self/cgroup", "nonsense\n:\n0:\n");
  EXPECT_EQ(Read().memory, INT64_MAX);
}

TEST_F(MachineLimits, OfVersion2) {
  Write("proc/self/cgroup", "0::/app");
  WriteMegabytes("sys/fs/cgroup/app/memory.max", 2000);
  WriteMegabytes("sys/fs/cgroup/app/memory.current", 700);
  Write("sys/fs/cgroup/app/memory.stat", "anon 1\ninactive_file " + std::to_string(200 * kMegabyte));
  Write("sys/fs/cgroup/app/memory.high", "max");
  Write("sys/fs/cgroup/app/cpu.max", "150000 100000");
  EXPECT_EQ(Read().memory, 2000 * kMegabyte);
  EXPECT_EQ(Read().free, 1500 * kMegabyte) << "the cache of files can be dropped";
  EXPECT_EQ(Read().cores, 1.5);
  WriteMegabytes("sys/fs/cgroup/app/memory.high", 1000);
  EXPECT_EQ(Read().memory, 1000 * kMegabyte) << "beyond it, the process is slowed down to a halt";
}

TEST_F(MachineLimits, TheTightestOfTheGroupsAround) {
  Write("proc/self/cgroup", "0::/pod/app");
  Write("sys/fs/cgroup/pod/app/memory.max", "max");
  Write("sys/fs/cgroup/pod/app/cpu.max", "max 100000");
  WriteMegabytes("sys/fs/cgroup/pod/memory.max", 500);
  Write("sys/fs/cgroup/pod/cpu.max", "400000 100000");
  Write("sys/fs/cgroup/cpu.max", "200000 100000");
  EXPECT_EQ(Read().memory, 500 * kMegabyte);
  EXPECT_EQ(Read().cores, 2);
}

TEST_F(MachineLimits, OfVersion1) {
  Write("proc/self/cgroup", "11:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc");
  WriteMegabytes("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", 300);
  WriteMegabytes("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", 310);
  Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
  Write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "-1");
  Write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000");
  EXPECT_EQ(Read().memory, 300 * kMegabyte);
  EXPECT_EQ(Read().free, 0);
  EXPECT_EQ(Read().cores, 0);
  Write("sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "50000");
  Write("sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us", "100000");
  EXPECT_EQ(Read().cores, 0.5);
}

// The process sees the host's path, but only its own group is mounted.
TEST_F(MachineLimits, OfAContainerThatSeesItsOwnGroupOnly) {
  for (const char* group : {"0::/system.slice/docker-abc.scope", "0::/../../app", "0::/"}) {
    Write("proc/self/cgroup", group);
    WriteMegabytes("sys/fs/cgroup/memory.max", 400);
    EXPECT_EQ(Read().memory, 400 * kMegabyte) << group;
  }
}

// Files that are cached are no memory that is taken.
TEST_F(MachineLimits, CachesOfFilesCountAsAvailable) {
  EXPECT_EQ(ReadAvailableMemory(root_.path()), -1);
  Write("proc/meminfo",
        "MemTotal:       24105000 kB\nMemFree:          200000 kB\nMemAvailable:   21056000 kB\nCached: 1 kB");
  EXPECT_EQ(ReadAvailableMemory(root_.path()), int64_t(21056000) * 1024);
  Write("proc/meminfo", "MemTotal:       24105000 kB\nMemAvailable: x");
  EXPECT_EQ(ReadAvailableMemory(root_.path()), -1);
}

TEST_F(MachineLimits, UsableMemoryIsWhatIsAvailableOrWhatTheGroupsLeave) {
  Write("proc/meminfo", "MemFree: 1024 kB\nMemAvailable: 3072 kB");
  EXPECT_EQ(UsableMemory(root_.path()).free, 3 * kMegabyte) << "caches count";
  EXPECT_GT(UsableMemory(root_.path()).total, 5 * kMegabyte) << "the machine's own";
  Write("proc/self/cgroup", "0::/app");
  WriteMegabytes("sys/fs/cgroup/app/memory.max", 5);
  WriteMegabytes("sys/fs/cgroup/app/memory.current", 1);
  EXPECT_EQ(UsableMemory(root_.path()).total, 5 * kMegabyte);
  EXPECT_EQ(UsableMemory(root_.path()).free, 3 * kMegabyte) << "less than the 4 that the group has left";
  WriteMegabytes("sys/fs/cgroup/app/memory.current", 3);
  EXPECT_EQ(UsableMemory(root_.path()).free, 2 * kMegabyte);
}

TEST(UsableCores, AreAtLeastOne) {
  EXPECT_GE(UsableCores(), 1);
}

}  // namespace
}  // namespace splat
