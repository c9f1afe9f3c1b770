#include <array>

#include "contraction.hpp"

namespace alidade::onnx_file {
namespace {

/// Generators: their operands are sizes; what the file computes stays.
void map_generator(Call& call) {
  std::vector<ValueId> inputs;
  for (std::size_t i = 0; i < call.inputs(); ++i)
    if (call.has(i) && !call.is_stored(i)) inputs.push_back(call.in(i));
  call.emit(call.rule().target, inputs);
}

void map_rotary(Call& call) {
  const auto [cosine, sine] = rotate(call, "", call.in(0), call.in(1), call.in(2), call.out_type(0));
  call.last(Op::add, "add", {cosine, sine});
}

/// log_softmax over the classes, the entries that the labels pick, their mean.
void map_loss(Call& call, ValueId logits) {
  const TypeId picked = call.types().with_dtype(call.type_id(1).valid() ? call.type_id(1) : call.out_type(0),
                                                call.type(0).dtype);
  const bool reduced = call.word("reduction", "mean") != "none";
  if (!reduced) {
    call.last(Op::gather, "pick", {logits, call.in(1)});
  } else {
    const ValueId rows = call.step(Op::gather, "pick", {logits, call.in(1)}, picked);
    call.last(Op::reduce_mean, "mean", {rows});
  }
}
void map_cross_entropy(Call& call) {
  const ValueId logs = call.step(Op::log_softmax, "log_softmax", {call.in(0)}, call.type_id(0));
  call.attrs(AxesAttrs{call.list(std::array<std::int64_t, 1>{1}), 0});
  map_loss(call, logs);
  if (call.has_output(1)) call.last(Op::identity, "log_prob", {logs}, 1);
}
void map_likelihood(Call& call) { map_loss(call, call.in(0)); }

constexpr Rule opaque(std::string_view op) { return {op, &map_opaque}; }
constexpr Rule sequence(std::string_view op) { return {op, &map_plain, Op::sequence}; }

constexpr std::array kRules{
    Rule{"Constant", &map_plain, Op::identity, 0, nullptr, "no node: a constant value"},
    Rule{"ConstantOfShape", &map_generator, Op::constant, 1},
    Rule{"EyeLike", &map_generator, Op::constant, 1},
    Rule{"Range", &map_plain, Op::range, 3},
    Rule{"RandomNormal", &map_generator, Op::random},
    Rule{"RandomUniform", &map_generator, Op::random},
    Rule{"RandomNormalLike", &map_generator, Op::random, 1},
    Rule{"RandomUniformLike", &map_generator, Op::random, 1},
    Rule{"Bernoulli", &map_plain, Op::random, 1},
    Rule{"Multinomial", &map_plain, Op::random, 1},
    Rule{"HannWindow", &map_generator, Op::range, 1},
    Rule{"HammingWindow", &map_generator, Op::range, 1},
    Rule{"BlackmanWindow", &map_generator, Op::range, 1},
    Rule{"MelWeightMatrix", &map_generator, Op::constant, 5},
    Rule{"NonZero", &map_plain, Op::nonzero, 1},
    Rule{"NonMaxSuppression", &map_plain, Op::nms, 2},
    Rule{"STFT", &map_plain, Op::fft, 2},
    Rule{"RotaryEmbedding", &map_rotary, Op::mul, 3, &infer_same, "rearrange, expand, mul, add"},
    Rule{"SoftmaxCrossEntropyLoss", &map_cross_entropy, Op::log_softmax, 2, nullptr,
         "log_softmax, gather, reduce_mean"},
    Rule{"NegativeLogLikelihoodLoss", &map_likelihood, Op::gather, 2, nullptr, "gather, reduce_mean"},
    sequence("SequenceConstruct"),
    sequence("SequenceEmpty"),
    sequence("SequenceAt"),
    sequence("SequenceInsert"),
    sequence("SequenceErase"),
    sequence("SequenceLength"),
    sequence("SplitToSequence"),
    sequence("ConcatFromSequence"),
    sequence("Optional"),
    sequence("OptionalGetElement"),
    sequence("OptionalHasElement"),
    opaque("AffineGrid"),
    opaque("Det"),
    opaque("ImageDecoder"),
    opaque("StringConcat"),
    opaque("StringNormalizer"),
    opaque("StringSplit"),
    opaque("RegexFullMatch"),
    opaque("TfIdfVectorizer"),
};

constexpr std::array kMlRules{
    Rule{"Binarizer", &map_plain, Op::unary, 1, &infer_same},
    Rule{"Normalizer", &map_plain, Op::lp_norm, 1, &infer_same},
    Rule{"ArrayFeatureExtractor", &map_plain, Op::gather, 2},
    opaque("CastMap"),
    opaque("CategoryMapper"),
    opaque("DictVectorizer"),
    opaque("FeatureVectorizer"),
    opaque("Imputer"),
    opaque("LabelEncoder"),
    opaque("LinearClassifier"),
    opaque("LinearRegressor"),
    opaque("OneHotEncoder"),
    opaque("SVMClassifier"),
    opaque("SVMRegressor"),
    opaque("Scaler"),
    opaque("TreeEnsemble"),
    opaque("TreeEnsembleClassifier"),
    opaque("TreeEnsembleRegressor"),
    opaque("ZipMap"),
};

}  // namespace

std::span<const Rule> other_rules() { return kRules; }
std::span<const Rule> ml_rules() { return kMlRules; }

}  // namespace alidade::onnx_file
