#include "apps/agreement.h"

#include "apps/progress.h"
#include "core/check.h"

namespace splat::apps {

void RequireSameCount(const std::string& path, int64_t splats, int64_t written) {
  SPLAT_CHECK(splats == written, path, ": is broken: it holds ", splats, " splats of ", written, " that were written");
}

void RequireAgreement(const std::string& path, double agreement_db) {
  SPLAT_CHECK(agreement_db >= kLeastAgreement_db, path, ": is broken: it shows another scene than was written (",
              FormatFixed(agreement_db, 1), " dB between their pictures)");
}

}  // namespace splat::apps
