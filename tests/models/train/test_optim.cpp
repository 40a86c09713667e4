#include <edgefold/models/train/optim.hpp>

#include <core/io/io_support.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/io/safetensors.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/models/train/module.hpp>

#include <support/thread_counts.hpp>

#include <cmath>
#include <memory>

namespace edgefold {
namespace {

using namespace edgefold::testing;

tensor parameter(tensor t) {
  t.set_requires_grad();
  return t;
}

// Gives p the gradient g, and no other.
void set_gradient(tensor& p, const tensor& g) {
  p.zero_grad();
  p.backward(g);
}

// The optimiser's way from p through five given gradients, a row a step.
template <class Optimizer, class Options>
tensor path(const Options& options) {
  tensor p = parameter(tensor({5}, {1, -2, 0.5F, 0, 3})), rows({5, 5});
  Optimizer opt({p}, options);
  for (std::int64_t k = 0; k < 5; ++k) {
    tensor g({5});
    for (std::int64_t i = 0; i < 5; ++i) g.mutable_data()[i] = static_cast<float>((7 * k + 3 * i) % 11 - 5) / 4;
    set_gradient(p, g);
    opt.step();
    std::copy_n(p.data(), 5, rows.mutable_data() + 5 * k);
  }
  return rows;
}

// The way is that of torch 2.2.1, to rounding.
template <class Optimizer, class Options>
void check_path(const Options& options, std::initializer_list<float> expected) {
  CHECK(relative_difference(path<Optimizer>(options), tensor({5, 5}, expected)) < 4e-7);
}

TEST_CASE("sgd: the numbers of torch") {
  check_path<sgd>(
      sgd_options{.lr = 0.1},
      {1.125F,        -1.95F, 0.47499999F, -0.1F,       3.0999999F,  1.075F,        -2.075F, 0.55000001F, -0.1F,
       3.0249999F,    1.125F, -2.1000001F, 0.45000002F, 0,           3.05F,         1,       -2.0250001F, 0.45000002F,
       -0.075000003F, 3.175F, 0.97500002F, -2.125F,     0.55000001F, -0.050000004F, 3.125F});
  check_path<sgd>(sgd_options{.lr = 0.1, .weight_decay = 0.05},
                  {1.12F,       -1.9399999F, 0.4725F,       -0.1F,       3.085F,        1.0644F,     -2.0553F,
                   0.54513752F, -0.0995F,    2.994575F,     1.1090779F,  -2.0700235F,   0.44241184F, 0.00099749712F,
                   3.0046022F,  0.97853255F, -1.9846734F,   0.44019979F, -0.074007496F, 3.1145792F,  0.94863987F,
                   -2.0747499F, 0.5379988F,  -0.048637457F, 3.0490062F});
  check_path<sgd>(sgd_options{.lr = 0.1, .momentum = 0.9, .weight_decay = 0.05},
                  {1.12F,       -1.9399999F, 0.4725F,      -0.1F,       3.085F,       1.1724F,     -2.0012999F,
                   0.52038747F, -0.1895F,    3.071075F,    1.263698F,   -2.0714633F,  0.46088427F, -0.1691025F,
                   3.068187F,   1.2145476F,  -2.0492532F,  0.40502697F, -0.22489925F, 3.175247F,   1.1392397F,
                   -2.1190178F, 0.45273027F, -0.24899182F, 3.2057247F});
  check_path<sgd>(sgd_options{.lr = 0.1, .momentum = 0.9, .weight_decay = 0.05, .nesterov = true},
                  {1.228F,      -1.886F,      0.44775F,    -0.19F,      3.1615F,      1.218534F,   -2.056983F,
                   0.56372136F, -0.26919499F, 3.0578158F,  1.3439646F,  -2.1348133F,  0.40725511F, -0.14876811F,
                   3.0646775F,  1.1670678F,   -2.0288363F, 0.35510331F, -0.27268201F, 3.2704988F,  1.0678214F,
                   -2.1812897F, 0.49662587F,  -0.2672835F, 3.2309592F});
}

TEST_CASE("adam: the numbers of torch") {
  check_path<adam>(adam_options{}, {1.001F,     -1.999F,     0.49900001F, -0.00099999993F, 3.0009999F,
                                    1.0013456F, -1.9994422F, 0.49949419F, -0.0016700584F,  3.0010893F,
                                    1.0018187F, -1.999895F,  0.49922979F, -0.0015841906F,  3.0012825F,
                                    1.0017289F, -1.9999408F, 0.49901322F, -0.001794548F,   3.0018024F,
                                    1.0015826F, -2.0002677F, 0.49920619F, -0.0018859371F,  3.0020783F});
  check_path<adam>(adam_options{.lr = 0.1, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-3, .weight_decay = 0.05},
                   {1.0999167F,  -1.9001664F,  0.40036231F,  -0.099900082F, 3.0998826F,  1.1241603F,  -1.9405715F,
                    0.45114833F, -0.16308674F, 3.0856724F,   1.1638424F,    -1.9782584F, 0.41777125F, -0.14451356F,
                    3.0808165F,  1.139352F,    -1.9654783F,  0.39086038F,   -0.1633341F, 3.1226406F,  1.109514F,
                    -1.9899629F, 0.41401204F,  -0.16739218F, 3.1288583F});
}

TEST_CASE("adamw: the numbers of torch") {
  check_path<adamw>(adamw_options{}, {1.00099F,   -1.9989799F, 0.49899501F, -0.00099999993F, 3.0009699F,
                                      1.0013256F, -1.9994022F, 0.49948418F, -0.0016700483F,  3.0010293F,
                                      1.0017886F, -1.9998349F, 0.49921477F, -0.0015841639F,  3.0011923F,
                                      1.0016888F, -1.9998606F, 0.49899319F, -0.0017945054F,  3.0016823F,
                                      1.0015326F, -2.0001676F, 0.49918115F, -0.0018858765F,  3.0019281F});
  check_path<adamw>(adamw_options{.lr = 0.1, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-3, .weight_decay = 0.2},
                    {1.0799201F,  -1.8601997F,  0.39039841F, -0.099900082F, 3.0399001F,   1.0877445F,  -1.8720951F,
                     0.43660212F, -0.16148658F, 2.9822526F,  1.1111569F,    -1.8829439F,  0.39717814F, -0.14021291F,
                     2.9389784F,  1.0701028F,   -1.8450242F, 0.36549386F,   -0.15696554F, 2.9360867F,  1.0251065F,
                     -1.8436517F, 0.38416141F,  -0.1587943F, 2.9020236F});
}

// A step of two written in double, element by element, for lengths around a pack and a range of a thread.
TEST_CASE("optim: any length") {
  for (std::int64_t n : {0, 1, 15, 16, 17, 31, 33, (1 << 15) - 1, (1 << 15) + 17}) {
    CAPTURE(n);
    tensor p = parameter(random_normal({n}, 1)), q = parameter(p.detach().clone());
    const tensor before = p.detach().clone(), g = random_normal({n}, 2);
    set_gradient(p, g);
    set_gradient(q, g);
    sgd({p}, {.lr = 0.5, .momentum = 0.5, .nesterov = true}).step();
    adamw({q}, {.lr = 0.5}).step();
    double most = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      const double x = before.at(i), d = g.at(i);
      most = std::max(most, std::abs(p.at(i) - (x - 0.75 * d)));
      most = std::max(most, std::abs(q.at(i) - (x * (1 - 0.005) - 0.5 * d / (std::abs(d) + 1e-8))));
    }
    CHECK(most < 1e-6);
  }
}

TEST_CASE("optim: threads change no bit") {
  auto train = [](const auto& make) {
    tensor a = parameter(random_normal({1000, 300}, 1)), b = parameter(random_normal({77}, 2));
    const auto opt = make(std::vector{a, b});
    for (std::uint64_t k = 0; k < 3; ++k) {
      set_gradient(a, random_normal({1000, 300}, 3 + k));
      set_gradient(b, random_normal({77}, 9 + k));
      opt->step();
    }
    return a;
  };
  check_thread_counts([&] {
    return train([](auto p) { return std::make_unique<sgd>(p, sgd_options{.momentum = 0.9, .weight_decay = 0.1}); });
  });
  check_thread_counts([&] { return train([](auto p) { return std::make_unique<adam>(p, adam_options{}); }); });
  check_thread_counts([&] { return train([](auto p) { return std::make_unique<adamw>(p, adamw_options{}); }); });
}

TEST_CASE("optim: a parameter without a gradient is left alone, and counts its own steps") {
  tensor a = parameter(ones({3})), b = parameter(ones({3}));
  adamw opt({a, b}, {.lr = 0.1});
  set_gradient(a, full({3}, 2.0F));
  opt.step();
  CHECK(a.at(0) == doctest::Approx(0.899));
  CHECK(b.at(0) == 1);
  CHECK(std::get<tensor>(opt.state().at("1.exp_avg")).at(0) == 0);
  opt.zero_grad();
  CHECK_FALSE(a.grad().defined());
  set_gradient(b, full({3}, 2.0F));
  opt.step();
  CHECK(a.at(0) == doctest::Approx(0.899));
  CHECK(b.at(0) == doctest::Approx(0.899));  // a first step, as a's was
  CHECK(std::get<basic_tensor<std::int64_t>>(opt.state().at("1.step")).item() == 1);
}

TEST_CASE("optim: a step is a write outside of the tape") {
  tensor p = parameter(ones({3}));
  sgd opt({p}, {.lr = 0.25});
  const tensor later =
      custom_vjp([](const tensor& x) { return x.clone(); }, [](const tensor& g, const tensor&) { return g; }, p);
  set_gradient(p, ones({3}));
  opt.step();
  CHECK(p.at(2) == 0.75F);
  CHECK_THROWS_SAYING(later.backward(ones({3})), std::invalid_argument, "has been written to since");
  set_gradient(p, ones({3}));  // p is still a leaf
  CHECK(p.grad().at(0) == 1);
}

TEST_CASE("optim: lr may be set between steps") {
  tensor p = parameter(ones({1}));
  sgd opt({p}, {.lr = 0.25});
  CHECK(opt.lr == 0.25);
  opt.lr = 0.5;
  set_gradient(p, ones({1}));
  opt.step();
  CHECK(p.item() == 0.5);
  opt.lr = -1;
  CHECK_THROWS_SAYING(opt.step(), std::invalid_argument, "[sgd] lr is -1");
  CHECK(p.item() == 0.5);
}

// Five steps, by way of a file after two, are five steps.
template <class Optimizer, class Options>
void check_resuming(const Options& options) {
  const temporary_folder folder;
  tensor p = parameter(ones({40})), q = parameter(ones({40}));
  Optimizer whole({p}, options);
  auto steps = [](optimizer& opt, tensor& x, std::uint64_t from, std::uint64_t to) {
    for (; from < to; ++from) {
      set_gradient(x, random_normal({40}, from));
      opt.step();
    }
  };
  steps(whole, p, 0, 5);
  {
    Optimizer first({q}, options);
    steps(first, q, 0, 2);
    write_safetensors(folder / "state", first.state());
  }
  Optimizer second({q}, options);
  second.lr = 77;
  second.load_state(read_safetensors(folder / "state").tensors);
  CHECK(second.lr == options.lr);
  steps(second, q, 2, 5);
  CHECK(same_bits(p, q));
}

TEST_CASE("optim: a state read from a file goes on as if nothing had been") {
  check_resuming<sgd>(sgd_options{.lr = 0.1});
  check_resuming<sgd>(sgd_options{.lr = 0.1, .momentum = 0.9});
  check_resuming<adam>(adam_options{.lr = 0.1});
  check_resuming<adamw>(adamw_options{.lr = 0.1});
}

TEST_CASE("optim: a state that does not fit is refused whole") {
  tensor a = parameter(ones({2})), b = parameter(ones({3}));
  adam opt({a, b}), other({b});
  set_gradient(b, ones({3}));
  other.step();
  state_map state = clone(other.state());
  CHECK_THROWS_SAYING(opt.load_state(state), std::invalid_argument,
                      "[adam] state: \"0.exp_avg\" has shape (3), expected (2); \"0.exp_avg_sq\" has shape (3), "
                      "expected (2); \"1.exp_avg\" is missing");
  CHECK_THROWS_SAYING(sgd({b}).load_state(state), std::invalid_argument, "[sgd] state: \"0.exp_avg\" is unexpected");
  adam third({b});
  state["lr"] = basic_tensor<double>({1}, {-1});
  CHECK_THROWS_SAYING(third.load_state(state), std::invalid_argument, "[adam] lr is -1");
  state["lr"] = basic_tensor<double>({1}, {1});
  state["0.step"] = basic_tensor<std::int64_t>({1}, {-3});
  CHECK_THROWS_SAYING(third.load_state(state), std::invalid_argument, "[adam] state: \"0.step\" is negative");
  CHECK(std::get<tensor>(third.state().at("0.exp_avg")).at(0) == 0);
  CHECK(third.lr == 1e-3);
}

TEST_CASE("optim: an optimiser of one's own") {
  struct signs final : optimizer {
    explicit signs(std::vector<tensor> p) : optimizer("signs", std::move(p), 0.5) {}
    void update(std::size_t, tensor& p, const tensor& g) override {
      p.mutable_array() -= static_cast<float>(lr) * g.array().sign();
    }
  };
  tensor p = parameter(ones({2}));
  const std::unique_ptr<optimizer> opt = std::make_unique<signs>(std::vector{p});
  set_gradient(p, tensor({2}, {-3, 4}));
  opt->step();
  CHECK(same_bits(p, tensor({2}, {1.5F, 0.5F})));
  CHECK(opt->state().size() == 1);
}

TEST_CASE("optim: a module trains") {
  struct line {  // y = weight x + bias, with the gradient of the mean square error written out
    tensor weight = zeros({1, 1}), bias = zeros({1});
    void visit(module_visitor& v) {
      v("weight", weight);
      v("bias", bias);
    }
    tensor loss(const tensor& x, const tensor& y) const {
      return custom_vjp(
          [&](const tensor& w, const tensor& b) {
            return tensor({1}, {(x.array() * w.item() + b.item() - y.array()).square().mean()});
          },
          [=](const tensor& g, const tensor& w, const tensor& b) {
            const Eigen::ArrayXXf d = 2 * g.item() * (x.array() * w.item() + b.item() - y.array());
            return std::tuple(tensor({1, 1}, {(d * x.array()).mean()}), tensor({1}, {d.mean()}));
          },
          weight, bias);
    }
  } m;
  const tensor x = random_normal({64, 1}, 1), y = tensor::from(x.array() * 3 - 2);
  require_grad(m);
  adam opt(parameters(m), {.lr = 0.1});
  for (int epoch = 0; epoch < 300; ++epoch) {
    opt.zero_grad();
    m.loss(x, y).backward();
    opt.step();
  }
  CHECK(m.weight.item() == doctest::Approx(3).epsilon(1e-3));
  CHECK(m.bias.item() == doctest::Approx(-2).epsilon(1e-3));
}

TEST_CASE("optim: misuse") {
  tensor p = parameter(ones({2}));
  CHECK_THROWS_SAYING(sgd({p}, {.lr = -0.5}), std::invalid_argument, "[sgd] lr is -0.5");
  CHECK_THROWS_SAYING(adam({p}, {.lr = NAN}), std::invalid_argument, "[adam] lr is nan");
  CHECK_THROWS_SAYING(sgd({p}, {.momentum = 1}), std::invalid_argument, "[sgd] momentum is 1");
  CHECK_THROWS_SAYING(sgd({p}, {.weight_decay = -1}), std::invalid_argument, "[sgd] weight_decay is -1");
  CHECK_THROWS_SAYING(sgd({p}, {.nesterov = true}), std::invalid_argument, "[sgd] nesterov needs a momentum");
  CHECK_THROWS_SAYING(adam({p}, {.beta1 = 1}), std::invalid_argument, "[adam] beta1 is 1");
  CHECK_THROWS_SAYING(adamw({p}, {.beta2 = -0.1}), std::invalid_argument, "[adamw] beta2 is -0.1");
  CHECK_THROWS_SAYING(adamw({p}, {.eps = -1}), std::invalid_argument, "[adamw] eps is -1");
  CHECK_THROWS_SAYING(adamw({p}, {.weight_decay = -1}), std::invalid_argument, "[adamw] weight_decay is -1");
  CHECK_THROWS_SAYING(sgd(std::vector<tensor>{}), std::invalid_argument, "[sgd] there are no parameters");
  CHECK_THROWS_SAYING(sgd({p, ones({4, 2})}), std::invalid_argument,
                      "[sgd] parameter 1 of shape (4, 2) requires no gradient");
  CHECK_THROWS_SAYING(sgd({tensor()}), std::invalid_argument, "[sgd] parameter 0 of shape () requires no gradient");
  CHECK_THROWS_SAYING(sgd({p.reshape({2, 1})}), std::invalid_argument,
                      "[sgd] parameter 0 is the result of an operation");
  CHECK_THROWS_SAYING(adam({p, p}), std::invalid_argument, "[adam] a parameter is given twice");
}

}  // namespace
}  // namespace edgefold
