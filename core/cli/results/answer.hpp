#pragma once
#include <optional>
#include <string>
#include <vector>

#include "alidade/base/json.hpp"
#include "alidade/base/sink.hpp"
#include "host/query/expression.hpp"

namespace alidade::cli {

/// What is asked of rows, and how the answer is written.
struct Question {
  enum class Form { text, json, csv };
  std::optional<host::query::Expression> condition;  ///< nothing: every row
  std::string sort;                                  ///< a field: the greatest first
  std::optional<std::size_t> limit;                  ///< how many rows of each table
  Form form = Form::text;

  /// Reads the condition; one that looks at all rows is refused.
  [[nodiscard]] Result<void> read(const std::string& condition);
};

/// Rows that a question is put to: the operators of a model, the points of a store.
struct Asked {
  const host::query::FieldScope& rows;
  std::string title;
  std::string several;               ///< "operators"
  std::vector<std::string> columns;  ///< that every answer has, before those that the question mentions
  int digits = 0;                    ///< of a number that is not whole, in a table for people; 0: all
};

/// Writes the answers of one table after another.
class Answers {
 public:
  Answers(const Question& question, Sink& out);
  [[nodiscard]] Result<void> add(const Asked& asked);
  void finish();

 private:
  const Question& question_;
  Sink& out_;
  JsonWriter json_;
};

}  // namespace alidade::cli
