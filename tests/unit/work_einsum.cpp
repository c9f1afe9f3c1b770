// Einsum against the products that torch and numpy do; the tools' own numbers are theirs, measured.
#include "work_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

std::string einsum(const std::string& equation, const std::vector<Shape>& shapes) {
  std::string inputs, names;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    inputs += "input %x" + std::to_string(i) + " : " + type(shapes[i]) + "\n ";
    names += (i > 0 ? ", %x" : "%x") + std::to_string(i);
  }
  return inputs + "%y = einsum(" + names + ") {equation=\"" + equation + "\"} : f32[1]";
}

struct Measured {
  std::string equation;
  std::vector<Shape> shapes;
  std::uint64_t torch, fvcore;  // torch 2.13.0 FlopCounterMode; fvcore 0.1.5.post20221221
};

}  // namespace

TEST_CASE("einsum counts what torch and fvcore count") {
  const auto row = GENERATE(values<Measured>({
      {"ij,jk->ik", {{3, 4}, {4, 5}}, 120, 60},
      {"bij,bjk->bik", {{2, 3, 4}, {2, 4, 5}}, 240, 120},
      {"i,j->ij", {{3}, {4}}, 0, 6},
      {"ij,ij->ij", {{3, 4}, {3, 4}}, 0, 6},
      {"ijx,jk->ik", {{3, 4, 7}, {4, 5}}, 120, 420},
      {"ij,jk,kl->il", {{3, 4}, {4, 5}, {5, 6}}, 300, 150},
      {"ij->i", {{3, 4}}, 0, 12},
      {"ij->ji", {{3, 4}}, 0, 6},
      {"ij,ij->", {{3, 4}, {3, 4}}, 24, 12},
      {"abc,adc->adb", {{2, 3, 4}, {2, 5, 4}}, 240, 120},
      {"bqd,bkd->bqk", {{2, 4, 33}, {2, 6, 33}}, 3168, 1584},
      {"nmk,nmp->nkp", {{12, 13, 17}, {12, 13, 9}}, 47736, 23868},
      {"bhqd,bkd->bhqk", {{2, 3, 4, 5}, {1, 6, 5}}, 1440, 720},
      {"ij,jk", {{13, 14}, {14, 15}}, 5460, 2730},
      {"...ij,...jk->...ik", {{2, 13, 14}, {2, 14, 15}}, 10920, 5460},
      {"ac,bdc,e->", {{7, 12}, {1, 4, 12}, {1}}, 24, 132},
      {"bac,bac,b->", {{9, 4, 5}, {9, 4, 5}, {9}}, 378, 189},
      {"bc,db,c->b", {{5, 7}, {4, 5}, {7}}, 70, 55},
      {"ac,cd,bd,bae->", {{5, 7}, {7, 5}, {2, 5}, {2, 5, 1}}, 470, 150},
      {"abe,b,cef,da->fc", {{9, 1, 9}, {1}, {9, 9, 1}, {7, 9}}, 1620, 225},
      {"cf,c,cb,f,fg->g", {{2, 7}, {2}, {2, 9}, {7}, {7, 3}}, 70, 57},
      {"df,af,cbe,fd,b->c", {{1, 7}, {1, 7}, {9, 2, 4}, {7, 1}, {2}}, 288, 87},
      {"bcd,cbd,db->", {{9, 5, 3}, {5, 9, 3}, {3, 9}}, 324, 162},
      {"d,ec,c,c->e", {{7}, {3, 12}, {12}, {12}}, 72, 63},
      {"cf,dc,cg,fd,gb,cge->", {{5, 1}, {7, 5}, {5, 12}, {1, 7}, {12, 5}, {5, 12, 3}}, 960, 310},
      {"bhlk,lk,hkm->bhlm", {{2, 3, 4, 5}, {4, 5}, {3, 5, 6}}, 1440, 780},
      {"ab,b,b->a", {{3, 4}, {4}, {4}}, 24, 14},
      {"ij,jk,kl,lm->im", {{10, 30}, {30, 5}, {5, 60}, {60, 8}}, 18600, 4300},
      {"a,b,c->abc", {{3}, {4}, {5}}, 0, 60},
      {"ab,ab,c->c", {{30, 40}, {30, 40}, {5}}, 2400, 1203},
      {"ii,ij,jk->k", {{4, 4}, {4, 5}, {5, 6}}, 100, 50},
  }));
  INFO(row.equation);
  CHECK(count_of(einsum(row.equation, row.shapes), Convention::torch) == row.torch);
  CHECK(count_of(einsum(row.equation, row.shapes), Convention::fvcore) == row.fvcore);
}

TEST_CASE("without a summed index an einsum is a product, alone it is a sum or a permutation") {
  CHECK(exact_work(einsum("i,j->ij", {{3}, {4}})).flops.value == 12);
  CHECK(exact_work(einsum("i,j->ij", {{3}, {4}})).macs.value == 0);
  CHECK(exact_work(einsum("ij->i", {{3, 4}})).flops.value == 12);
  CHECK(exact_work(einsum("ij->ji", {{3, 4}})).flops.value == 0);
  CHECK(exact_work(einsum("ijx,jk->ik", {{3, 4, 7}, {4, 5}})).flops.value == 3 * 4 * 7 + 2 * 60);
}

TEST_CASE("an einsum that does not fit its operands is refused") {
  CHECK(error_of(einsum("ij,jk->ik", {{3, 4}, {5, 6}})) == "node 'y' has an index of size 4 and 5");
  CHECK(error_of(einsum("ij,jk->ik", {{3, 4}})) ==
        "node 'y' has another number of operands than its equation");
  CHECK(error_of(einsum("ij->i", {{3, 4}, {3}})) ==
        "node 'y' has another number of operands than its equation");
  CHECK(error_of(einsum("ijk->i", {{3, 4}})) ==
        "node 'y' has an operand of rank 2, and its equation has 3 indices there");
  CHECK(error_of(einsum("ij->q", {{3, 4}})) == "node 'y' has an index in its result that no operand has");
  CHECK(error_of(einsum("i*->i", {{3}})) == "node 'y' has an equation with '*'");
  CHECK(error_of(einsum("...i...->", {{3, 4}})) == "node 'y' has an equation with two ellipses in one term");
  CHECK(error_of(einsum("...i->......", {{3, 4}})) ==
        "node 'y' has an equation with two ellipses in its result");
}
