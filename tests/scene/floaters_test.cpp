// The rule of floaters, from weights and depths of photos: what stays, what goes and why.
#include "scene/floaters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/check.h"

namespace splat {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

// A wall of splats at depth 4 that every photo shows, so that the median depth is 4, and further ones behind them.
constexpr size_t kWall = 20;

struct Photo {
  std::vector<float> weights = std::vector<float>(kWall, 10), depths = std::vector<float>(kWall, 4);

  Photo& Shows(float weight, float depth) {
    weights.push_back(weight);
    depths.push_back(depth);
    return *this;
  }
};

const Vec3<double> kHere = {0, 0, 0}, kThere = {1, 0, 0};

// The verdict on one splat that is seen so by two photos from different places.
Support VerdictOn(float weight, float depth, float other_weight, float other_depth) {
  SupportTally tally(kWall + 1);
  const Photo photo = Photo().Shows(weight, depth), other = Photo().Shows(other_weight, other_depth);
  tally.Add(kHere, photo.weights, photo.depths);
  tally.Add(kThere, other.weights, other.depths);
  const Support verdict = tally.Verdicts().back();
  // The order of the photos does not matter.
  SupportTally turned(kWall + 1);
  turned.Add(kThere, other.weights, other.depths);
  turned.Add(kHere, photo.weights, photo.depths);
  EXPECT_EQ(turned.Verdicts().back(), verdict);
  return verdict;
}

TEST(Floaters, TwoPhotosFromDifferentPlacesSupportASplat) {
  EXPECT_EQ(VerdictOn(5, 3, 5, 3), Support::kSupported);
  EXPECT_EQ(VerdictOn(5, 3, 0, 0), Support::kOnePhoto);
  EXPECT_EQ(VerdictOn(0, 0, 0, 0), Support::kUnseen);
}

TEST(Floaters, WhatAPhotoShowsInvisiblyIsNoSupport) {
  const auto least = float(kSupport_px);
  EXPECT_EQ(VerdictOn(1.01f * least, 3, 1.01f * least, 3), Support::kSupported);
  EXPECT_EQ(VerdictOn(1.01f * least, 3, 0.99f * least, 3), Support::kOnePhoto);
  EXPECT_EQ(VerdictOn(0.99f * least, 3, 0.99f * least, 3), Support::kUnseen);
}

TEST(Floaters, ASkyThatFillsMostOfThePhotosDoesNotMoveTheNearZone) {
  SupportTally tally(kWall + 2);
  const Photo photo = Photo().Shows(1000, 140).Shows(5, 3);  // five times as much sky as wall
  tally.Add(kHere, photo.weights, photo.depths);
  tally.Add(kThere, photo.weights, photo.depths);
  EXPECT_THAT(tally.Verdicts(), Each(Support::kSupported));
}

TEST(Floaters, NearACameraNothingIsSupported) {
  const float near_zone = 4 * float(kNearZone);
  EXPECT_EQ(VerdictOn(5, 0.99f * near_zone, 5, 0.99f * near_zone), Support::kNearOnly);
  EXPECT_EQ(VerdictOn(5, 1.01f * near_zone, 5, 1.01f * near_zone), Support::kSupported);
  EXPECT_EQ(VerdictOn(5, 0.99f * near_zone, 5, 3), Support::kOnePhoto);
  EXPECT_EQ(VerdictOn(5, 0.99f * near_zone, 0, 0), Support::kNearOnly);
}

TEST(Floaters, ThePhotosOfOnePlaceAreOnePhoto) {
  SupportTally tally(kWall + 2);
  const Photo both = Photo().Shows(5, 3).Shows(5, 3), first = Photo().Shows(5, 3).Shows(0, 0);
  tally.Add(kHere, first.weights, first.depths);
  EXPECT_TRUE(tally.IsOnePlace());
  EXPECT_THAT(FindFloaters(tally).objection, HasSubstr("taken from one place"));
  tally.Add({0.9 * kOnePlace * 4, 0, 0}, first.weights, first.depths);
  EXPECT_TRUE(tally.IsOnePlace());
  EXPECT_EQ(tally.Verdicts()[kWall], Support::kOnePhoto);
  tally.Add({1.1 * kOnePlace * 4, 0, 0}, both.weights, both.depths);
  EXPECT_FALSE(tally.IsOnePlace());
  EXPECT_EQ(tally.Verdicts()[kWall], Support::kSupported);
  EXPECT_EQ(tally.Verdicts()[kWall + 1], Support::kOnePhoto);
  EXPECT_EQ(FindFloaters(tally).objection, "");
}

TEST(Floaters, ASceneOfGoodSplatsKeepsAll) {
  SupportTally tally(kWall);
  for (const Vec3<double>& place : {kHere, kThere}) tally.Add(place, Photo().weights, Photo().depths);
  const Floaters floaters = FindFloaters(tally);
  EXPECT_THAT(floaters.verdicts, Each(Support::kSupported));
  EXPECT_EQ(floaters.counts.Floaters(), 0);
  EXPECT_EQ(floaters.objection, "");
}

TEST(Floaters, CountsByReason) {
  SupportTally tally(kWall + 4);
  const Photo photo = Photo().Shows(5, 3).Shows(5, 0.1f).Shows(0, 0).Shows(0, 0);
  const Photo other = Photo().Shows(0, 0).Shows(0, 0).Shows(0, 0).Shows(0, 0);
  tally.Add(kHere, photo.weights, photo.depths);
  tally.Add(kThere, other.weights, other.depths);
  const Floaters floaters = FindFloaters(tally);
  EXPECT_EQ(TextOf(floaters.counts),
            "4 of 24 splats: 2 that no photo shows, 1 in the near zone of a camera only, 1 that one photo alone shows");
  EXPECT_EQ(floaters.objection, "");
}

// Cameras of another scene look past it: then nothing is to be removed.
TEST(Floaters, ObjectsToEmptyingAScene) {
  SupportTally tally(4);
  tally.Add(kHere, {5, 0, 0, 0}, {4, 0, 0, 0});
  tally.Add(kThere, {5, 0, 0, 0}, {4, 0, 0, 0});
  EXPECT_THAT(FindFloaters(tally).objection, HasSubstr("do not seem to be those of this scene"));
  EXPECT_NE(FindFloaters(SupportTally(4)).objection, "");  // without photos
}

TEST(Floaters, RefusesArraysOfAnotherScene) {
  SupportTally tally(3);
  EXPECT_THROW(tally.Add(kHere, {1, 1}, {1, 1, 1}), Error);
}

}  // namespace
}  // namespace splat
