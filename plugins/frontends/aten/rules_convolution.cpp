// Convolutions.
#include "contraction.hpp"
#include "rules.hpp"
#include "spatial.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

/// A convolution's parts, with a batch dimension where the file has none.
struct Convolution {
  Op op;
  ConvAttrs attrs;
  ValueId x, weight, bias;
  TypeId made;  ///< of the result
};

/// The type with a batch dimension of 1 in front.
TypeId batched(Operation& o, const TensorType& type) {
  Dims dims{Dim(1)};
  dims.insert(dims.end(), type.dims.begin(), type.dims.end());
  return o.draft().types.make(type.dtype, dims);
}

/// A complex convolution is three real ones, as PyTorch runs it: of the real parts, of the imaginary parts,
/// and of their sums. Its result is (a - b) + (c - a - b) i.
class OfComplex {
 public:
  OfComplex(Operation& o, Steps& s, const Convolution& c) : o_(o), s_(s), c_(c) {}

  template <class End>
  void make(End&& end) {
    const auto x = parts(c_.x), weight = parts(c_.weight);
    const Pair bias = c_.bias.valid() ? parts(c_.bias) : Pair{};
    const TypeId made = real(c_.made);
    const ValueId a = product(x.real, weight.real, bias.real), b = product(x.imaginary, weight.imaginary, {});
    const ValueId both = bias.real.valid() ? sum(bias) : ValueId();
    const ValueId c = product(sum(x), sum(weight), both);
    const ValueId rest = s_(Op::sub, {s_(Op::sub, {c, a}, made), b}, made);
    end(s_(Op::sub, {a, b}, made), rest);
  }

 private:
  struct Pair {
    ValueId real, imaginary;
  };
  TypeId real(TypeId of) const {
    const auto type = o_.draft().types[of];
    const Dtype part = type.dtype == Dtype::c128  ? Dtype::f64
                       : type.dtype == Dtype::c32 ? Dtype::f16
                                                  : Dtype::f32;
    return o_.draft().types.make(part, type.dims);
  }
  Pair parts(ValueId v) {
    const TypeId type = real(o_.draft().type_id(v));
    return {s_(Op::slice, {v}, type), s_(Op::slice, {v}, type)};
  }
  ValueId sum(const Pair& p) { return s_(Op::add, {p.real, p.imaginary}, o_.draft().type_id(p.real)); }
  ValueId product(ValueId x, ValueId weight, ValueId bias) {
    if (!bias.valid()) return s_(c_.op, {x, weight}, real(c_.made), c_.attrs);
    return s_(c_.op, {x, weight, bias}, real(c_.made), c_.attrs);
  }

  Operation& o_;
  Steps& s_;
  const Convolution& c_;
};

void convolution(Operation& o, Op op) {
  Convolution c{.op = o.flag("transposed", op == Op::conv_transpose) ? Op::conv_transpose : Op::conv,
                .attrs = convolution_attrs(o, o.tensor("weight")),
                .x = first_operand(o),
                .weight = o.tensor("weight"),
                .bias = o.tensor("bias"),
                .made = o.result_type()};
  const bool alone = o.rank(c.x) + 1 == o.rank(c.weight);
  const bool complex = is_complex(o.type(c.x).dtype);
  Steps s(o);
  if (alone) {
    c.x = o.step(Op::reshape, {c.x}, batched(o, o.type(c.x)), "batched");
    c.made = batched(o, o.draft().types[c.made]);
  }
  if (complex)
    return OfComplex(o, s, c).make([&](ValueId real, ValueId imaginary) {
      if (!alone) return void(o.emit(Op::binary, {real, imaginary}));
      o.emit(Op::reshape, {s(Op::binary, {real, imaginary}, c.made)});
    });
  if (!alone) return void(o.emit(c.op, {c.x, c.weight, c.bias}, c.attrs));
  const ValueId whole = o.step(c.op, {c.x, c.weight, c.bias}, c.made, "conv");
  o.draft().builder.attrs(o.draft().last(), c.attrs);
  o.emit(Op::reshape, {whole});
}

/// torchvision's deformable convolution: the same products, at places that a tensor names.
void deformable(Operation& o, Op op) {
  const ValueId weight = o.tensor("weight");
  ConvAttrs a;
  a.strides = spatial({o.integer("stride_h", 1), o.integer("stride_w", 1)}, 2, 1);
  a.pads_begin = a.pads_end = spatial({o.integer("pad_h", 0), o.integer("pad_w", 0)}, 2, 0);
  a.dilations = spatial(
      {o.integer("dilation_h", o.integer("dil_h", 1)), o.integer("dilation_w", o.integer("dil_w", 1))}, 2, 1);
  a.groups = o.integer("groups", o.integer("n_weight_grps", 1));
  o.emit(op, {first_operand(o), weight, o.tensor("bias"), o.tensor("offset"), o.tensor("mask")}, a);
}

constexpr Rule kRules[] = {
    {"conv1d", Op::conv, convolution},
    {"conv2d", Op::conv, convolution},
    {"conv3d", Op::conv, convolution},
    {"convolution", Op::conv, convolution},
    {"_convolution", Op::conv, convolution},
    {"_convolution_mode", Op::conv, convolution},
    {"convolution_overrideable", Op::conv, convolution},
    {"cudnn_convolution", Op::conv, convolution},
    {"mkldnn_convolution", Op::conv, convolution},
    {"conv_transpose1d", Op::conv_transpose, convolution},
    {"conv_transpose2d", Op::conv_transpose, convolution},
    {"conv_transpose3d", Op::conv_transpose, convolution},
    {"torchvision.deform_conv2d", Op::conv, deformable},
};

}  // namespace

std::span<const Rule> convolution_rules() { return kRules; }

}  // namespace alidade::aten
