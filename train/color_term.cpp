#include "train/color_term.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/check.h"
#include "data/dataset/lens_groups.h"
#include "train/kernels/color/color_math.h"
#include "train/learning_rates.h"

namespace splat::train {
namespace {

const char* const kPhotos = "color.photos";  // [views, kPhotoColorNumbers]
const char* const kLenses = "color.lenses";  // [lenses, kCameraColorNumbers]; with mode "full"

PhotoParameters Zeros(int64_t rows, int64_t columns, const torch::Device& device) {
  const auto zeros = [&] {
    return torch::zeros({rows, columns}, torch::TensorOptions(torch::kFloat32).device(device));
  };
  return {zeros(), zeros(), zeros(), std::vector<int64_t>(size_t(rows), 0)};
}

PhotoParameters& Existing(ParametersByName& parameters, const char* name, int64_t rows, int64_t columns) {
  const auto found = parameters.find(name);
  SPLAT_CHECK(
      found != parameters.end() && found->second.values.size(0) == rows && found->second.values.size(1) == columns,
      "the training that goes on has no ", name, " of ", rows, " photos or lenses: its photos were others");
  return found->second;
}

void CheckChosen(const ColorConfig& config) {
  SPLAT_CHECK(config.mode != "auto", "color.mode auto: is to be chosen before a state is made (train/choose_color.h)");
}

// The mode in which the parameters are learned.
const char* ModeOf(const ParametersByName& parameters) {
  if (parameters.count(kPhotos) == 0) return "off";
  return parameters.count(kLenses) == 0 ? "exposure" : "full";
}

class ColorTerm : public LossTerm {
 public:
  ColorTerm(const Backend& backend, const data::Dataset& dataset, const ColorConfig& config, int steps,
            ParametersByName& parameters);

  LossTermTraits traits() const override {
    LossTermTraits traits;
    traits.changes_image = true;
    return traits;
  }
  void Forward(const KernelContext& context, const TermFrame& frame) override {
    backend_.color.forward(context, {ViewOf(frame), frame.changed_image});
  }
  void Backward(const KernelContext& context, const TermFrame& frame) override {
    float* grad = grads_.data_ptr<float>();
    backend_.color.backward(context, {ViewOf(frame), frame.grad_image, grad, grad + kPhotoColorNumbers});
  }
  void Update(const KernelContext& context, const TermFrame& frame) override;

 private:
  ColorParams ViewOf(const TermFrame& frame) const;
  static float* Row(const torch::Tensor& table, int64_t row) { return table.data_ptr<float>() + row * table.size(1); }
  // A step of Adam for a row.
  void Move(const KernelContext& context, PhotoParameters& table, int64_t row, const float* grad, double rate);

  Backend backend_;
  ColorConfig config_;
  int steps_;
  int64_t done_ = 0;         // updates of photos so far
  std::vector<int> lenses_;  // of the views
  int64_t photo_count_ = 0;  // of the training
  PhotoParameters* photos_;
  PhotoParameters* lens_table_ = nullptr;  // with mode "full"
  torch::Tensor training_rows_;            // [training photos] int32, on the device
  torch::Tensor grads_;                    // [kPhotoColorNumbers + kCameraColorNumbers] of the last view
};

ColorTerm::ColorTerm(const Backend& backend, const data::Dataset& dataset, const ColorConfig& config, int steps,
                     ParametersByName& parameters)
    : backend_(backend), config_(config), steps_(steps) {
  photos_ = &Existing(parameters, kPhotos, int64_t(dataset.views.size()), kPhotoColorNumbers);
  if (config.mode == "full") {
    lens_table_ = &Existing(parameters, kLenses, int64_t(data::LensCount(dataset.views)), kCameraColorNumbers);
  }
  done_ = std::accumulate(photos_->steps.begin(), photos_->steps.end(), int64_t(0));
  const std::vector<int> training = dataset.ViewsOf(Split::kTrain);
  photo_count_ = int64_t(training.size());
  for (const data::View& view : dataset.views) lenses_.push_back(view.lens);
  training_rows_ = torch::tensor(training, torch::kInt32).to(backend.device);
  grads_ = torch::zeros({kPhotoColorNumbers + kCameraColorNumbers},
                        torch::TensorOptions(torch::kFloat32).device(backend.device));
}

ColorParams ColorTerm::ViewOf(const TermFrame& frame) const {
  const Target& target = *frame.target;
  SPLAT_CHECK(target.view >= 0 && target.view < photos_->values.size(0), "colours: view ", target.view,
              " is none of the dataset");
  ColorParams params;
  params.width = target.camera.width;
  params.height = target.camera.height;
  params.image = frame.image;
  params.photo = Row(photos_->values, target.view);
  if (lens_table_) params.camera = Row(lens_table_->values, lenses_[size_t(target.view)]);
  return params;
}

void ColorTerm::Move(const KernelContext& context, PhotoParameters& table, int64_t row, const float* grad,
                     double rate) {
  AdamParams adam;  // with the published decays and epsilon
  adam.size = table.values.size(1);
  adam.value = Row(table.values, row);
  adam.grad = grad;
  adam.first = Row(table.first, row);
  adam.second = Row(table.second, row);
  adam.learning_rate = rate;
  adam.step = ++table.steps[size_t(row)];
  adam.all_or_none = true;
  backend_.update.adam(context, adam);
}

void ColorTerm::Update(const KernelContext& context, const TermFrame& frame) {
  const int64_t view = frame.target->view;
  const float* grad = grads_.data_ptr<float>();
  ++done_;
  const int step = int(std::min<int64_t>(done_, steps_));
  const double updates = double(steps_) / double(photo_count_);  // that a photo gets in the whole training
  Move(context, *photos_, view, grad, ColorLearningRate(config_, updates, step, steps_));
  if (lens_table_) {
    Move(context, *lens_table_, lenses_[size_t(view)], grad + kPhotoColorNumbers,
         LensLearningRate(config_, step, steps_));
  }
  backend_.color.center_rows(context, {photos_->values.data_ptr<float>(), kPhotoColorNumbers,
                                       training_rows_.data_ptr<int32_t>(), photo_count_});
}

PhotoColor PhotoOf(const data::View& view, const float* numbers) {
  PhotoColor photo;
  photo.name = view.name;
  photo.lens = view.lens;
  photo.exposure = double(numbers[0]);
  ChromaticityOffsets(numbers, photo.chromaticity.data());
  return photo;
}

LensColor LensOf(const float* numbers) {
  LensColor lens;
  for (LensChannel& channel : lens) {
    channel = {{numbers[0], numbers[1]}, {numbers[2], numbers[3], numbers[4]}};
    numbers += kChannelLensNumbers;
  }
  return lens;
}

}  // namespace

void AddColorParameters(const Backend& backend, const data::Dataset& dataset, const ColorConfig& config,
                        ParametersByName& parameters) {
  CheckChosen(config);
  if (config.mode == "off") return;
  parameters[kPhotos] = Zeros(int64_t(dataset.views.size()), kPhotoColorNumbers, backend.device);
  if (config.mode == "full")
    parameters[kLenses] = Zeros(int64_t(data::LensCount(dataset.views)), kCameraColorNumbers, backend.device);
}

std::unique_ptr<LossTerm> MakeColorTerm(const Backend& backend, const data::Dataset& dataset, const ColorConfig& config,
                                        int steps, ParametersByName& parameters) {
  CheckChosen(config);
  SPLAT_CHECK(config.mode == ModeOf(parameters), "--color ", config.mode,
              ": the training that goes on has learned with ", "--color ", ModeOf(parameters),
              "; go on with that, or begin anew");
  if (config.mode == "off") return nullptr;
  return std::make_unique<ColorTerm>(backend, dataset, config, steps, parameters);
}

std::optional<PhotoColors> LearnedColors(const data::Dataset& dataset, const ParametersByName& parameters) {
  const auto photos = parameters.find(kPhotos), lenses = parameters.find(kLenses);
  if (photos == parameters.end()) return std::nullopt;
  PhotoColors colors;
  const torch::Tensor values = photos->second.values.cpu();
  for (const int view : dataset.ViewsOf(Split::kTrain)) {
    colors.photos.push_back(
        PhotoOf(dataset.views[size_t(view)], values.data_ptr<float>() + view * int64_t(kPhotoColorNumbers)));
  }
  colors.lenses.resize(data::LensCount(dataset.views));
  if (lenses == parameters.end()) return colors;
  const torch::Tensor lens_values = lenses->second.values.cpu();
  for (size_t lens = 0; lens < colors.lenses.size(); ++lens) {
    colors.lenses[lens] = LensOf(lens_values.data_ptr<float>() + lens * size_t(kCameraColorNumbers));
  }
  return colors;
}

}  // namespace splat::train
