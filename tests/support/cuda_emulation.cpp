#include "tests/support/cuda_emulation.h"

#include <algorithm>
#include <boost/context/detail/fcontext.hpp>
#include <exception>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/random.h"

namespace splat::emulation {
namespace {

namespace context = boost::context::detail;

constexpr int kLanes = 32;
constexpr size_t kStackBytes = 256 * 1024;  // AddressSanitizer's frames are several times larger than plain ones
constexpr size_t kSharedLimit = 48 * 1024;  // static shared memory of a block, on every GPU
constexpr int kBlockLimit = 1024;

enum class State { kReady, kAtBarrier, kInWarpOperation, kFinished };

// A fiber jumps straight to the next one: no way back to a scheduler in between, which halves the switches.
struct Fiber {
  std::unique_ptr<char[]> stack;
  context::fcontext_t resume_point = nullptr;
  ThreadIndices indices;
  State state = State::kFinished;
  Site site = {"", 0};  // of the barrier or warp operation that is waited in
  uint64_t value = 0, result = 0;
  int source = 0;
};

// A warp operation that has begun: who takes part, and who has come. Lanes of other masks form a group of their own.
struct WarpGroup {
  unsigned mask = 0, arrived = 0;
  WarpOperation operation = WarpOperation::kBallot;
  Site site = {"", 0};
};

struct SharedObject {
  const void* key;
  size_t bytes;
  std::unique_ptr<unsigned char[]> memory;
};

bool SameSite(const Site& a, const Site& b) {
  return a.line == b.line && std::strcmp(a.file, b.file) == 0;
}

std::string SiteText(const Site& site) {
  return StrCat(site.file, ":", site.line);
}

// One block at a time on the fibers of one host thread.
class Machine {
 public:
  Order order;

  void Run(const char* kernel, int64_t blocks, int threads, const std::function<void()>& body);
  uint64_t Warp(WarpOperation operation, unsigned mask, uint64_t value, int source, Site site);
  int Barrier(bool predicate, Site site);
  void* Shared(const void* key, size_t bytes);
  const ThreadIndices& CurrentIndices() const { return current_->indices; }

 private:
  static void FiberMain(context::transfer_t transfer);
  void Prepare(int threads);
  void RunBlock(int64_t block, int64_t blocks);
  void JumpTo(Fiber& next);
  void Suspend();
  void BeginTurn();
  Fiber* NextReady();
  void FinishCurrent();
  void CompleteWarpOperation(int first_lane, const WarpGroup& group);
  std::string StandstillText() const;
  std::string Where() const {
    return StrCat("emulated CUDA: ", kernel_, ", block ", current_->indices.block.x, ", thread ",
                  current_->indices.thread.x, ": ");
  }

  std::vector<Fiber> fibers_;
  Fiber main_;  // the host's own stack
  int threads_ = 0, finished_ = 0;
  Fiber* current_ = nullptr;
  const std::function<void()>* body_ = nullptr;
  std::exception_ptr error_;
  std::string kernel_;
  Random random_{0};
  int turn_taken_ = 0, turn_start_ = 0, turn_stride_ = 1;  // of the present turn through the threads
  uint64_t left_behind_ = 0;                               // bit k: warp k waits for the next turn
  std::vector<SharedObject> shared_;
  std::vector<WarpGroup> groups_[kBlockLimit / kLanes];
  Site barrier_site_ = {"", 0};
  int at_barrier_ = 0, barrier_votes_ = 0, barrier_result_ = 0;
};

Machine& ThisMachine() {
  static thread_local Machine machine;
  return machine;
}

// Whoever is jumped to learns where the jump came from, for the way back.
void Machine::JumpTo(Fiber& next) {
  Fiber* self = current_;
  current_ = &next;
  const context::transfer_t from = context::jump_fcontext(next.resume_point, self);
  static_cast<Fiber*>(from.data)->resume_point = from.fctx;
}

void Machine::FiberMain(context::transfer_t transfer) {
  static_cast<Fiber*>(transfer.data)->resume_point = transfer.fctx;
  Machine& machine = ThisMachine();
  while (true) {
    try {
      (*machine.body_)();
    } catch (...) {
      machine.error_ = std::current_exception();
    }
    machine.FinishCurrent();
  }
}

void Machine::Prepare(int threads) {
  fibers_.reserve(kBlockLimit);  // fibers are pointed to
  while (int(fibers_.size()) < threads) {
    fibers_.emplace_back();
    Fiber& fiber = fibers_.back();
    fiber.stack.reset(new char[kStackBytes]);
    fiber.resume_point = context::make_fcontext(fiber.stack.get() + kStackBytes, kStackBytes, &Machine::FiberMain);
  }
}

// Shuffled: a random step through the block from a random thread, and some warps left behind.
void Machine::BeginTurn() {
  turn_taken_ = turn_start_ = 0;
  turn_stride_ = 1;
  left_behind_ = 0;
  if (order.seed == 0) return;
  turn_start_ = int(random_.Below(uint64_t(threads_)));
  do {
    turn_stride_ = 1 + int(random_.Below(uint64_t(threads_)));
  } while (std::gcd(turn_stride_, threads_) != 1);
  left_behind_ = random_.Bits();
}

// Null if no thread can go on.
Fiber* Machine::NextReady() {
  while (true) {
    while (turn_taken_ < threads_) {
      const int thread = (turn_start_ + turn_taken_++ * turn_stride_) % threads_;
      Fiber& fiber = fibers_[size_t(thread)];
      if (fiber.state == State::kReady && (left_behind_ >> (thread / kLanes) & 1) == 0) return &fiber;
    }
    const auto ready = [](const Fiber& fiber) { return fiber.state == State::kReady; };
    if (std::none_of(fibers_.begin(), fibers_.begin() + threads_, ready)) return nullptr;
    BeginTurn();
  }
}

void Machine::Suspend() {
  Fiber* next = NextReady();
  if (next != current_) JumpTo(next ? *next : main_);
}

void Machine::FinishCurrent() {
  current_->state = State::kFinished;
  ++finished_;
  Fiber* next = error_ ? nullptr : NextReady();
  JumpTo(next ? *next : main_);
}

std::string Machine::StandstillText() const {
  int waiting = 0, in_warp = 0;
  const Fiber* first = nullptr;
  for (int t = 0; t < threads_; ++t) {
    const Fiber& fiber = fibers_[size_t(t)];
    waiting += fiber.state == State::kAtBarrier ? 1 : 0;
    in_warp += fiber.state == State::kInWarpOperation ? 1 : 0;
    if (!first && fiber.state != State::kFinished) first = &fiber;
  }
  return StrCat("emulated CUDA: ", kernel_, ", block ", first->indices.block.x, ": thread ", first->indices.thread.x,
                " waits at ", SiteText(first->site), " for threads that never arrive: ", waiting, " of ", threads_,
                " are at a barrier, ", in_warp, " in a warp operation, ", finished_, " have returned");
}

void Machine::RunBlock(int64_t block, int64_t blocks) {
  shared_.clear();
  at_barrier_ = barrier_votes_ = finished_ = 0;
  for (auto& groups : groups_) groups.clear();
  for (int t = 0; t < threads_; ++t) {
    Fiber& fiber = fibers_[size_t(t)];
    fiber.indices = {
        {unsigned(t), 0, 0}, {unsigned(block), 0, 0}, {unsigned(threads_), 1, 1}, {unsigned(blocks), 1, 1}};
    fiber.state = State::kReady;
  }
  BeginTurn();
  current_ = &main_;
  JumpTo(*NextReady());
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  if (finished_ < threads_) throw Error(StandstillText());
}

void Machine::Run(const char* kernel, int64_t blocks, int threads, const std::function<void()>& body) {
  SPLAT_CHECK(!body_, "emulated CUDA: ", kernel, ": a launch from within a kernel");
  SPLAT_CHECK(threads > 0 && threads <= kBlockLimit && threads % kLanes == 0, "emulated CUDA: ", kernel, ": ", threads,
              " threads a block; must be a multiple of 32 up to 1024");
  kernel_ = kernel;
  body_ = &body;
  threads_ = threads;
  random_ = Random(order.seed);
  try {
    Prepare(threads);
    std::vector<int64_t> turns(static_cast<size_t>(blocks));
    std::iota(turns.begin(), turns.end(), int64_t(0));
    if (order.seed != 0) {
      for (size_t i = turns.size(); i > 1; --i) std::swap(turns[i - 1], turns[random_.Below(i)]);
    }
    for (const int64_t block : turns) RunBlock(block, blocks);
  } catch (...) {
    fibers_.clear();  // they stand in the middle of the kernel; their stacks hold nothing that owns
    shared_.clear();
    body_ = nullptr;
    throw;
  }
  shared_.clear();
  body_ = nullptr;
}

int Machine::Barrier(bool predicate, Site site) {
  Fiber* self = current_;
  if (at_barrier_ == 0) barrier_site_ = site;
  SPLAT_CHECK(SameSite(barrier_site_, site), Where(), "barrier at ", SiteText(site),
              ", but other threads of the block wait at the barrier at ", SiteText(barrier_site_));
  self->site = site;
  ++at_barrier_;
  barrier_votes_ += predicate ? 1 : 0;
  if (at_barrier_ < threads_) {
    self->state = State::kAtBarrier;
    Suspend();
    return barrier_result_;
  }
  // The last one wakes the others. barrier_result_ holds until all have read it: the next barrier needs them all.
  barrier_result_ = barrier_votes_;
  at_barrier_ = barrier_votes_ = 0;
  for (int t = 0; t < threads_; ++t) {
    Fiber& other = fibers_[size_t(t)];
    if (other.state == State::kAtBarrier) other.state = State::kReady;
  }
  return barrier_result_;
}

void Machine::CompleteWarpOperation(int first_lane, const WarpGroup& group) {
  unsigned votes = 0;
  uint64_t values[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    values[lane] = fibers_[size_t(first_lane + lane)].value;
    if ((group.mask >> lane & 1) != 0 && values[lane] != 0) votes |= 1u << lane;
  }
  for (int lane = 0; lane < kLanes; ++lane) {
    if ((group.mask >> lane & 1) == 0) continue;
    Fiber& fiber = fibers_[size_t(first_lane + lane)];
    switch (group.operation) {
      case WarpOperation::kBallot:
        fiber.result = votes;
        break;
      case WarpOperation::kAny:
        fiber.result = votes != 0 ? 1 : 0;
        break;
      case WarpOperation::kAll:
        fiber.result = votes == group.mask ? 1 : 0;
        break;
      case WarpOperation::kShuffle:
        fiber.result = values[fiber.source];
        break;
    }
    if (fiber.state == State::kInWarpOperation) fiber.state = State::kReady;
  }
}

uint64_t Machine::Warp(WarpOperation operation, unsigned mask, uint64_t value, int source, Site site) {
  Fiber* self = current_;
  const int thread = int(self->indices.thread.x), lane = thread % kLanes, first_lane = thread - lane;
  SPLAT_CHECK((mask >> lane & 1) != 0, Where(), "warp operation at ", SiteText(site), ": the mask leaves out lane ",
              lane, ", which calls it");
  SPLAT_CHECK(operation != WarpOperation::kShuffle || (mask >> source & 1) != 0, Where(), "shuffle at ", SiteText(site),
              ": reads lane ", source, ", which the mask leaves out");
  std::vector<WarpGroup>& groups = groups_[thread / kLanes];
  size_t mine = groups.size();
  for (size_t i = 0; i < groups.size(); ++i) {
    const WarpGroup& group = groups[i];
    if ((group.mask & mask) == 0) continue;
    SPLAT_CHECK(group.mask == mask && group.operation == operation && SameSite(group.site, site), Where(),
                "warp operation at ", SiteText(site), ", but other lanes that its mask names wait in another one at ",
                SiteText(group.site));
    mine = i;
  }
  if (mine == groups.size()) groups.push_back({mask, 0, operation, site});
  groups[mine].arrived |= 1u << lane;
  self->value = value;
  self->source = source;
  self->site = site;
  if (groups[mine].arrived == mask) {
    CompleteWarpOperation(first_lane, groups[mine]);
    groups.erase(groups.begin() + std::ptrdiff_t(mine));
  } else {
    self->state = State::kInWarpOperation;
    Suspend();
  }
  return self->result;
}

void* Machine::Shared(const void* key, size_t bytes) {
  size_t sum = 0;
  for (const SharedObject& object : shared_) {
    if (object.key == key) return object.memory.get();
    sum += object.bytes;
  }
  SPLAT_CHECK(sum + bytes <= kSharedLimit, Where(), sum + bytes, " bytes of shared memory; a block has ", kSharedLimit);
  // Not value-initialised: filled with the poison.
  shared_.push_back({key, bytes, std::unique_ptr<unsigned char[]>(new unsigned char[bytes])});
  std::memset(shared_.back().memory.get(), 0xff, bytes);
  return shared_.back().memory.get();
}

std::set<std::string>& Launched() {
  static std::set<std::string> names;
  return names;
}

}  // namespace

ScopedOrder::ScopedOrder(Order order) : before_(ThisMachine().order) {
  ThisMachine().order = order;
}
ScopedOrder::~ScopedOrder() {
  ThisMachine().order = before_;
}

const std::set<std::string>& LaunchedKernels() {
  return Launched();
}

const ThreadIndices& Indices() {
  return ThisMachine().CurrentIndices();
}

void Launch(const char* kernel, int64_t blocks, int threads, const std::function<void()>& body) {
  if (blocks <= 0) return;
  std::string name = kernel;
  name = name.substr(0, name.find('<'));
  name.erase(std::remove_if(name.begin(), name.end(), [](char c) { return c == '(' || c == ' '; }), name.end());
  Launched().insert(name);
  ThisMachine().Run(kernel, blocks, threads, body);
}

uint64_t WarpCollective(WarpOperation operation, unsigned mask, uint64_t value, int source, Site site) {
  return ThisMachine().Warp(operation, mask, value, source, site);
}
int BlockBarrier(bool predicate, Site site) {
  return ThisMachine().Barrier(predicate, site);
}
void* SharedBytes(const void* key, size_t bytes) {
  return ThisMachine().Shared(key, bytes);
}

}  // namespace splat::emulation
