// The parts of LibTorch that we use: tensors, operators, autograd. Instead of torch/torch.h, whose modules, optimisers
// and data loaders cost every translation unit four times as long to compile. Precompiled once
// (cmake/SplatTargets.cmake).
#pragma once

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>
#include <torch/types.h>
#include <torch/utils.h>
#include <torch/version.h>
