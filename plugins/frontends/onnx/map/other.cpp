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

constexpr Rule opaque(std::string_view op, Step infer) { return {op, &map_opaque, Op::opaque, 0, infer}; }
constexpr Rule sequence(std::string_view op, Step infer) { return {op, &map_plain, Op::sequence, 0, infer}; }

constexpr std::array kRules{
    Rule{"Constant", &map_plain, Op::identity, 0, &infer_nothing, "no node: a constant value"},
    Rule{"ConstantOfShape", &map_generator, Op::constant, 1, &infer_constant_of_shape},
    Rule{"EyeLike", &map_generator, Op::constant, 1, &infer_eye},
    Rule{"Range", &map_plain, Op::range, 3, &infer_range},
    Rule{"RandomNormal", &map_generator, Op::random, 0, &infer_random},
    Rule{"RandomUniform", &map_generator, Op::random, 0, &infer_random},
    Rule{"RandomNormalLike", &map_generator, Op::random, 1, &infer_random_like},
    Rule{"RandomUniformLike", &map_generator, Op::random, 1, &infer_random_like},
    Rule{"Bernoulli", &map_plain, Op::random, 1, &infer_random_like},
    Rule{"Multinomial", &map_plain, Op::random, 1, &infer_multinomial},
    Rule{"HannWindow", &map_generator, Op::range, 1, &infer_window_function},
    Rule{"HammingWindow", &map_generator, Op::range, 1, &infer_window_function},
    Rule{"BlackmanWindow", &map_generator, Op::range, 1, &infer_window_function},
    Rule{"MelWeightMatrix", &map_generator, Op::constant, 5, &infer_mel_weights},
    Rule{"NonZero", &map_plain, Op::nonzero, 1, &infer_nonzero},
    Rule{"NonMaxSuppression", &map_plain, Op::nms, 2, &infer_nms},
    Rule{"RotaryEmbedding", &map_rotary, Op::mul, 3, &infer_same, "rearrange, expand, mul, add"},
    Rule{"SoftmaxCrossEntropyLoss", &map_cross_entropy, Op::log_softmax, 2, &infer_cross_entropy,
         "log_softmax, gather, reduce_mean"},
    Rule{"NegativeLogLikelihoodLoss", &map_likelihood, Op::gather, 2, &infer_likelihood,
         "gather, reduce_mean"},
    sequence("SequenceConstruct", &infer_sequence_construct),
    sequence("SequenceEmpty", &infer_sequence_empty),
    sequence("SequenceAt", &infer_sequence_at),
    sequence("SequenceInsert", &infer_sequence_insert),
    sequence("SequenceErase", &infer_sequence_erase),
    sequence("SequenceLength", &infer_sequence_length),
    sequence("SplitToSequence", &infer_split_to_sequence),
    sequence("ConcatFromSequence", &infer_concat_from_sequence),
    sequence("Optional", &infer_optional),
    sequence("OptionalGetElement", &infer_optional_element),
    sequence("OptionalHasElement", &infer_scalar_bool),
    Rule{"AffineGrid", &map_body, Op::opaque, 2},
    opaque("Det", &infer_det),
    opaque("ImageDecoder", &infer_image),
    opaque("StringConcat", &infer_broadcast),
    opaque("StringNormalizer", &infer_string_normalizer),
    opaque("StringSplit", &infer_string_split),
    opaque("RegexFullMatch", &infer_string_bool),
    opaque("TfIdfVectorizer", &infer_tfidf),
};

constexpr std::array kMlRules{
    Rule{"Binarizer", &map_plain, Op::unary, 1, &infer_same},
    Rule{"Normalizer", &map_plain, Op::lp_norm, 1, &infer_floats},
    Rule{"ArrayFeatureExtractor", &map_plain, Op::gather, 2, &infer_array_features},
    opaque("CastMap", &infer_dictionary),
    opaque("CategoryMapper", &infer_category),
    opaque("DictVectorizer", &infer_dictionary),
    opaque("FeatureVectorizer", &infer_features),
    opaque("Imputer", &infer_same),
    opaque("LabelEncoder", &infer_label_encoder),
    opaque("LinearClassifier", &infer_classifier),
    opaque("LinearRegressor", &infer_regressor),
    opaque("OneHotEncoder", &infer_one_hot_encoder),
    opaque("SVMClassifier", &infer_classifier),
    opaque("SVMRegressor", &infer_regressor),
    opaque("Scaler", &infer_floats),
    opaque("TreeEnsemble", &infer_tree_ensemble),
    opaque("TreeEnsembleClassifier", &infer_classifier),
    opaque("TreeEnsembleRegressor", &infer_regressor),
    opaque("ZipMap", &infer_nothing),
};

constexpr std::array kTrainingRules{
    opaque("Adagrad", &infer_optimizer),
    opaque("Adam", &infer_optimizer),
    opaque("Momentum", &infer_optimizer),
    opaque("Gradient", &infer_gradient),
};

}  // namespace

std::span<const Rule> training_rules() { return kTrainingRules; }
std::span<const Rule> other_rules() { return kRules; }
std::span<const Rule> ml_rules() { return kMlRules; }

}  // namespace alidade::onnx_file
