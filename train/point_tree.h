// This tree finds the nearest neighbours of points.
#pragma once

#include <nanoflann.hpp>
#include <vector>

#include "core/vec.h"

namespace splat::train {

// Finds neighbours among points that outlive it and do not change.
class PointTree {
 public:
  explicit PointTree(const std::vector<Vec3<double>>& points)
      : cloud_{points}, tree_(3, cloud_, nanoflann::KDTreeSingleIndexAdaptorParams(kLeafSize)) {
    tree_.buildIndex();
  }
  PointTree(const PointTree&) = delete;
  PointTree& operator=(const PointTree&) = delete;

  // Writes the indices of the `count` points nearest to `point`, the nearest first, and their squared distances.
  // Returns how many there are, which is less than `count` where there are fewer points.
  size_t Nearest(const Vec3<double>& point, size_t count, size_t* indices, double* squared) const {
    const double query[3] = {point.x, point.y, point.z};
    return tree_.knnSearch(query, count, indices, squared);
  }

 private:
  static constexpr size_t kLeafSize = 16;
  struct Cloud {
    const std::vector<Vec3<double>>& points;
    size_t kdtree_get_point_count() const { return points.size(); }
    double kdtree_get_pt(size_t i, size_t axis) const {
      return axis == 0 ? points[i].x : (axis == 1 ? points[i].y : points[i].z);
    }
    template <typename Box>
    bool kdtree_get_bbox(Box&) const {
      return false;
    }
  };

  Cloud cloud_;
  nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Cloud>, Cloud, 3, size_t> tree_;
};

}  // namespace splat::train
