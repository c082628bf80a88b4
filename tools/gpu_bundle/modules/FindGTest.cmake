splat_bundle_target(GTest::gtest gtest/gtest.h LIBRARY gtest USES Threads::Threads)
splat_bundle_target(GTest::gmock gmock/gmock.h LIBRARY gmock USES GTest::gtest)
splat_bundle_target(GTest::gtest_main gtest/gtest.h LIBRARY gtest_main USES GTest::gtest)
splat_bundle_found()
