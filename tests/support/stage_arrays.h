// This header puts the arrays of the stages (rasterizer/kernels/views.h) in a device's memory, made from the tests'
// arrays in double, and turns them back into those.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "rasterizer/kernels/views.h"
#include "tests/support/backends.h"
#include "tests/support/test_device.h"

namespace splat::testing {

template <typename To, typename From>
std::vector<To> Converted(const std::vector<From>& values) {
  return std::vector<To>(values.begin(), values.end());
}

// An array of floats, or doubles, on the device; without values it is filled with NaN.
template <typename T>
class Numbers : public DeviceArray<T> {
 public:
  Numbers(TestDevice& device, const std::vector<double>& values) : DeviceArray<T>(device, Converted<T>(values)) {}
  Numbers(TestDevice& device, size_t size)
      : DeviceArray<T>(device, std::vector<T>(size, std::numeric_limits<T>::quiet_NaN())) {}
  std::vector<double> Doubles() const { return Converted<double>(this->Get()); }
};

// Records from and to the arrays of the tests.
inline std::vector<double> RecordsOf(const ProjectedArrays& p) {
  const size_t n = p.tile_counts.size();
  std::vector<double> records(n * kernels::kRecordSize);
  for (size_t i = 0; i < n; ++i) {
    double* r = &records[i * kernels::kRecordSize];
    for (size_t k = 0; k < 2; ++k) r[kernels::kRecordMean + k] = p.means_px[2 * i + k];
    for (size_t k = 0; k < 3; ++k) r[kernels::kRecordConic + k] = p.conics[3 * i + k];
    r[kernels::kRecordOpacity] = p.opacities[i];
    for (size_t k = 0; k < 3; ++k) r[kernels::kRecordColor + k] = p.colors[3 * i + k];
    r[kernels::kRecordDepth] = p.depths[i];
    for (size_t k = 0; k < 2; ++k) r[kernels::kRecordHalf + k] = p.half_extents_px[2 * i + k];
  }
  return records;
}

inline ProjectedArrays ArraysOf(const std::vector<double>& records, const std::vector<int32_t>& tile_counts) {
  ProjectedArrays p;
  p.tile_counts = tile_counts;
  for (size_t i = 0; i < tile_counts.size(); ++i) {
    const double* r = &records[i * kernels::kRecordSize];
    p.means_px.insert(p.means_px.end(), r + kernels::kRecordMean, r + kernels::kRecordMean + 2);
    p.conics.insert(p.conics.end(), r + kernels::kRecordConic, r + kernels::kRecordConic + 3);
    p.opacities.push_back(r[kernels::kRecordOpacity]);
    p.colors.insert(p.colors.end(), r + kernels::kRecordColor, r + kernels::kRecordColor + 3);
    p.depths.push_back(r[kernels::kRecordDepth]);
    p.half_extents_px.insert(p.half_extents_px.end(), r + kernels::kRecordHalf, r + kernels::kRecordHalf + 2);
  }
  return p;
}

template <typename T>
struct DeviceProjected {
  Numbers<T> records;
  DeviceArray<int32_t> tile_counts;

  DeviceProjected(TestDevice& device, const ProjectedArrays& p)
      : records(device, RecordsOf(p)), tile_counts(device, p.tile_counts) {}

  kernels::ProjectedView<T> View() const { return {records.data(), tile_counts.data()}; }
  ProjectedArrays Arrays() const { return ArraysOf(records.Doubles(), tile_counts.Get()); }
};

// The arrays of a model, or of its gradient.
template <typename T>
struct DeviceSplats {
  int64_t count;
  int sh_rest_count;
  SplatArraysOf<std::unique_ptr<Numbers<T>>> arrays;

  DeviceSplats(TestDevice& device, const SplatArrays& s) : count(s.count), sh_rest_count(s.sh_rest_count) {
    for (int array = 0; array < kSplatArrays; ++array) {
      arrays[array] = std::make_unique<Numbers<T>>(device, s[array]);
    }
  }

  void Poison() {
    for (int array = 0; array < kSplatArrays; ++array) {
      arrays[array]->Set(std::vector<T>(size_t(arrays[array]->size()), std::numeric_limits<T>::quiet_NaN()));
    }
  }
  kernels::SplatsView<T> View() const {
    kernels::SplatsView<T> view;
    view.count = count;
    view.sh_rest_count = sh_rest_count;
    for (int array = 0; array < kSplatArrays; ++array) view[array] = arrays[array]->data();
    return view;
  }
  kernels::SplatsGradView<T> GradView() const {
    kernels::SplatsGradView<T> view;
    for (int array = 0; array < kSplatArrays; ++array) view[array] = arrays[array]->data();
    return view;
  }
  SplatArrays Arrays() const {
    SplatArrays s(count, sh_rest_count);
    for (int array = 0; array < kSplatArrays; ++array) s[array] = arrays[array]->Doubles();
    return s;
  }
};

template <typename T>
struct DevicePixels {
  Numbers<T> image, alpha, depth;

  DevicePixels(TestDevice& device, size_t pixels)
      : image(device, 3 * pixels), alpha(device, pixels), depth(device, pixels) {}
  DevicePixels(TestDevice& device, const PixelArrays& p)
      : image(device, p.image), alpha(device, p.alpha), depth(device, p.depth) {}

  kernels::PixelsView<T> View() const { return {image.data(), alpha.data(), depth.data()}; }
  kernels::PixelsGradView<T> GradView() const { return {image.data(), alpha.data(), depth.data()}; }
};

struct DeviceLists {
  int64_t instances;
  DeviceArray<int32_t> slot_begin, tile_begin;
  DeviceArray<kernels::TileInstance> entries;

  DeviceLists(TestDevice& device, const TileLists& lists)
      : instances(lists.instances),
        slot_begin(device, Converted<int32_t>(lists.slot_begin)),
        tile_begin(device, Converted<int32_t>(lists.tile_begin)),
        entries(device, Entries(lists)) {}

  kernels::TileListView View() const { return {instances, slot_begin.data(), tile_begin.data(), entries.data()}; }

 private:
  static std::vector<kernels::TileInstance> Entries(const TileLists& lists) {
    std::vector<kernels::TileInstance> entries;
    for (size_t i = 0; i < lists.instance_splat.size(); ++i) {
      entries.push_back({lists.instance_splat[i], int32_t(lists.instance_slot[i])});
    }
    return entries;
  }
};

}  // namespace splat::testing
