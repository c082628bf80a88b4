// A build without CUDA.
#include "formats/quantize/kmeans_parts.h"

namespace splat::formats {

FitPartsOnGpu CudaFitParts() {
  return nullptr;
}

}  // namespace splat::formats
