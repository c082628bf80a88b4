// A build with CUDA.
#include "formats/quantize/kmeans_parts.h"

namespace splat::formats {

FitPartsOnGpu CudaFitParts() {
  return cuda::FitPartsOnDevice;
}

}  // namespace splat::formats
