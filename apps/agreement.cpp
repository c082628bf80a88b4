#include "apps/agreement.h"

#include <cstdio>

#include "core/check.h"

namespace splat::apps {

void RequireSameCount(const std::string& path, int64_t splats, int64_t written) {
  SPLAT_CHECK(splats == written, path, ": is broken: it holds ", splats, " splats of ", written, " that were written");
}

void RequireAgreement(const std::string& path, double agreement_db) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f", agreement_db);
  SPLAT_CHECK(agreement_db >= kLeastAgreement_db, path, ": is broken: it shows another scene than was written (", text,
              " dB between their pictures)");
}

}  // namespace splat::apps
