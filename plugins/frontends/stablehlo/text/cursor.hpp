#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alidade/base/error.hpp"
#include "module.hpp"

namespace alidade::stablehlo {

enum class TokenKind : std::uint8_t {
  end,
  word,    ///< add, stablehlo.add, tensor
  value,   ///< %0
  symbol,  ///< @main
  hash,    ///< #loc
  bang,    ///< !quant.uniform
  block,   ///< ^bb0
  string,
  number,
  arrow,  ///< ->
  mark,   ///< any other sign
};

/// `text` has no sign before it and no quotes around it.
struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;
  Place begin = 0;
};

/// Reads MLIR's tokens one after another. The first mistake is kept; after it there are no more tokens, so
/// that every loop over them ends.
class Cursor {
 public:
  explicit Cursor(std::string_view text);

  [[nodiscard]] const Token& token() const { return token_; }
  [[nodiscard]] bool is(TokenKind kind) const { return token_.kind == kind; }
  [[nodiscard]] bool is_mark(char c) const {
    return token_.kind == TokenKind::mark && token_.text.front() == c;
  }
  [[nodiscard]] bool is_word(std::string_view word) const {
    return token_.kind == TokenKind::word && token_.text == word;
  }
  [[nodiscard]] bool at_end() const { return token_.kind == TokenKind::end; }

  Token take();            ///< the token, and on to the next
  bool take_mark(char c);  ///< on if it is this sign
  bool take_word(std::string_view word);
  bool expect_mark(char c, std::string_view where);  ///< a mistake if it is not
  /// The token that has to be of a kind; an empty text otherwise.
  std::string_view expect(TokenKind kind, std::string_view what);

  /// From the token on, to be read sign by sign; resume() goes on with tokens after it.
  [[nodiscard]] std::string_view rest() const { return text_.substr(token_.begin); }
  void resume(std::size_t signs);
  /// Text between a bracket that is the token and the one that closes it; strings are not looked into.
  std::string_view take_bracketed();

  struct State {
    std::size_t at = 0;
    Token token;
  };
  [[nodiscard]] State state() const { return {at_, token_}; }
  void restore(const State& state) { at_ = state.at, token_ = state.token; }

  void wrong(std::string what, std::string fix = {});  ///< at the token
  void wrong_at(Place place, std::string what, std::string fix = {}, Fault fault = Fault::model);
  /// "expected X, found Y" at the token.
  void unexpected(std::string_view expected);
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] const Error& error() const { return error_; }
  [[nodiscard]] Place error_place() const { return error_place_; }
  /// "12:7": line and column, counted from 1.
  [[nodiscard]] static std::string line_and_column(std::string_view text, Place place);

 private:
  void advance();
  void skip_blanks();
  void sign_and_name(TokenKind kind);
  void string();
  void number();
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void set(TokenKind kind, std::size_t begin, std::size_t from, std::size_t to);

  std::string_view text_;
  std::size_t at_ = 0;
  Token token_;
  bool failed_ = false;
  Error error_;
  Place error_place_ = 0;
};

}  // namespace alidade::stablehlo
