// This header includes the parts of LibTorch that we use: tensors, operators, autograd. It stands in for torch/torch.h,
// with whose modules, optimisers and data loaders every translation unit takes four times as long to compile. It is
// precompiled once (cmake/SplatTargets.cmake).
#pragma once

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>
#include <torch/types.h>
#include <torch/utils.h>
#include <torch/version.h>
