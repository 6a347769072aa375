// Random convolutions without Python, for the sanitizers: threads of the standard library, every
// level, tensors that end (or begin) at a page that may not be touched. Arguments: how many
// convolutions, and the first one's seed.
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "convwise_kernels.h"
#include "reference.h"

namespace {

// Elements between two forbidden pages, next to the last or to the first of them; `values` are what
// they hold.
class Guarded {
  public:
    Guarded(int64_t count, bool halves, bool at_end, std::mt19937& random)
        : values(static_cast<size_t>(count)), halves_(halves) {
        const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
        const size_t bytes = values.size() * (halves ? 2 : 4);
        const size_t inside = (bytes + page - 1) / page * page + page;
        bytes_ = inside + 2 * page;
        memory_ = static_cast<char*>(
            mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        if (memory_ == MAP_FAILED) std::abort();
        mprotect(memory_, page, PROT_NONE);
        mprotect(memory_ + page + inside, page, PROT_NONE);
        data_ = at_end ? memory_ + page + inside - bytes : memory_ + page;
        std::normal_distribution<float> normal;
        for (float& value : values) value = normal(random);
        if (halves) write_halves();
        if (!halves && bytes) std::memcpy(data_, values.data(), bytes);
    }
    Guarded(const Guarded&) = delete;
    Guarded& operator=(const Guarded&) = delete;
    ~Guarded() { munmap(memory_, bytes_); }

    void* data() { return data_; }
    float* floats() { return reinterpret_cast<float*>(data_); }
    size_t size() const { return values.size(); }
    bool halves() const { return halves_; }
    // What lies there now.
    double now(size_t i) const {
        float value = 0.0f;
        if (halves_) {
            std::memcpy(reinterpret_cast<char*>(&value) + 2, data_ + 2 * i, 2);
        } else {
            std::memcpy(&value, data_ + 4 * i, 4);
        }
        return value;
    }

    std::vector<float> values;

  private:
    // The upper halves (of a little-endian processor); the values lose their lower ones.
    void write_halves() {
        for (size_t i = 0; i < values.size(); ++i) {
            std::memcpy(data_ + 2 * i, reinterpret_cast<char*>(&values[i]) + 2, 2);
            values[i] = static_cast<float>(now(i));
        }
    }

    bool halves_;
    size_t bytes_ = 0;
    char* memory_ = nullptr;
    char* data_ = nullptr;
};

int32_t with_threads(int64_t begin, int64_t end, int64_t, ConvwiseBody body, void* context) {
    std::vector<std::thread> threads;
    for (int64_t i = begin; i < end; ++i) threads.emplace_back(body, i, i + 1, context);
    for (std::thread& thread : threads) thread.join();
    return 0;
}

int64_t pick(std::mt19937& random, int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
}

ConvwiseShape random_shape(std::mt19937& random) {
    ConvwiseShape s{};
    const int64_t groups[] = {1, 1, 2, 3};
    s.batch = pick(random, 0, 2);
    s.groups = groups[pick(random, 0, 3)];
    s.inputs = s.groups * pick(random, 1, 9);
    s.outputs = s.groups * pick(random, 1, 13);
    s.mode = pick(random, 0, 1) * pick(random, CONVWISE_REFLECT, CONVWISE_CIRCULAR);
    s.storage = pick(random, 0, 3) == 0 ? CONVWISE_BFLOAT16 : CONVWISE_FLOAT32;
    s.activation = pick(random, CONVWISE_NONE, CONVWISE_GELU_TANH);
    s.slope = s.activation == CONVWISE_LEAKY_RELU ? 0.2 : 0.0;
    const int64_t first = pick(random, 0, 2); // 3-D, 2-D, 1-D
    const int64_t longest[] = {6, 14, 40};
    for (int a = 0; a < 3; ++a) {
        const bool used = a >= first;
        s.kernel[a] = used ? pick(random, 1, a ? 7 : 4) : 1;
        if (used && a && pick(random, 0, 1)) s.kernel[a] = a == 1 && pick(random, 0, 1) ? 3 : 5;
        s.stride[a] = used && !pick(random, 0, 2) ? pick(random, 1, 3) : 1;
        s.dilation[a] = used && !pick(random, 0, 2) ? pick(random, 1, 3) : 1;
        s.padding[a] = used ? pick(random, 0, 4) : 0;
        const int64_t window = s.dilation[a] * (s.kernel[a] - 1) + 1;
        const int64_t room = s.mode == CONVWISE_ZEROS ? 1 : s.padding[a] + 1;
        const int64_t least = std::max(room, window - 2 * s.padding[a]);
        s.input[a] = used ? pick(random, least, std::max(least, longest[a])) : 1;
        s.output[a] = (s.input[a] + 2 * s.padding[a] - window) / s.stride[a] + 1;
    }
    return s;
}

int64_t product(const int64_t size[3]) { return size[0] * size[1] * size[2]; }

bool agrees(const char* what, const Guarded& ours, const std::vector<double>& truth,
            const std::vector<double>& scale) {
    const double rounding = ours.halves() ? 1.0 / 64.0 : 8e-6;
    for (size_t i = 0; i < ours.size(); ++i) {
        const double error = std::fabs(ours.now(i) - truth[i]);
        if (!(error <= rounding * scale[i] + 1e-30)) {
            std::printf("%s: element %zu is %g, should be %g\n", what, i, ours.now(i), truth[i]);
            return false;
        }
    }
    return true;
}

struct Sums {
    std::vector<double> y, x, w, b;
    Sums(size_t ny, size_t nx, size_t nw, size_t nb) : y(ny), x(nx), w(nw), b(nb) {}
    Answers answers() { return {y.data(), x.data(), w.data(), b.data()}; }
};

// The tensors of one convolution, and what they should become.
struct Trial {
    Trial(const ConvwiseShape& shape, std::mt19937& random)
        : s(shape), halves(s.storage == CONVWISE_BFLOAT16), at_end(pick(random, 0, 1)),
          masked(pick(random, 0, 1) && s.activation >= CONVWISE_RELU && s.activation <= CONVWISE_TANH),
          ny(s.batch * s.outputs * product(s.output)), nx(s.batch * s.inputs * product(s.input)),
          nw(s.outputs * (s.inputs / s.groups) * product(s.kernel)), x(nx, halves, at_end, random),
          w(nw, false, at_end, random), bias(s.outputs, false, at_end, random),
          gradient(ny, halves, at_end, random), mask(ny, halves, at_end, random),
          y(ny, halves, at_end, random), before(ny, halves, at_end, random),
          gx(nx, halves, at_end, random), gw(nw, false, at_end, random),
          gb(s.outputs, false, at_end, random), truth(y.size(), x.size(), w.size(), gb.size()),
          scale(y.size(), x.size(), w.size(), gb.size()) {
        const Problem problem{s,
                              x.values.data(),
                              w.values.data(),
                              bias.values.data(),
                              gradient.values.data(),
                              masked ? mask.values.data() : nullptr};
        reference(problem, false, truth.answers());
        reference(problem, true, scale.answers());
    }

    bool passes(int64_t threads, bool keep) {
        void* mask_data = masked ? mask.data() : nullptr;
        int32_t failed = convwise_forward(&s, x.data(), w.floats(), bias.floats(), y.data(),
                                          keep ? before.data() : nullptr, threads);
        failed |= convwise_input_gradient(&s, gradient.data(), mask_data, w.floats(), gx.data(), threads);
        failed |= convwise_weight_gradient(&s, gradient.data(), mask_data, x.data(), gw.floats(),
                                           gb.floats(), threads);
        return !failed && agrees("output", y, truth.y, scale.y) &&
               agrees("input gradient", gx, truth.x, scale.x) &&
               agrees("weight gradient", gw, truth.w, scale.w) &&
               agrees("bias gradient", gb, truth.b, scale.b);
    }

    ConvwiseShape s;
    bool halves, at_end, masked;
    int64_t ny, nx, nw;
    Guarded x, w, bias, gradient, mask, y, before, gx, gw, gb;
    Sums truth, scale;
};

bool run_one(unsigned seed) {
    std::mt19937 random(seed);
    const ConvwiseShape shape = random_shape(random);
    Trial trial(shape, random);
    const bool keep = shape.activation >= CONVWISE_SILU && pick(random, 0, 1);
    bool good = true;
    for (int32_t place = 0; convwise_level_at(place); ++place) {
        convwise_force_level(convwise_level_at(place));
        good = trial.passes(pick(random, 1, 4), keep) && good;
    }
    if (!good) std::printf("seed %u disagrees\n", seed);
    return good;
}

} // namespace

int main(int count, char** arguments) {
    const unsigned wanted = count > 1 ? static_cast<unsigned>(std::atoi(arguments[1])) : 100;
    const unsigned first = count > 2 ? static_cast<unsigned>(std::atoi(arguments[2])) : 1;
    convwise_use_threads(with_threads);
    unsigned failed = 0;
    for (unsigned seed = first; seed < first + wanted; ++seed) failed += run_one(seed) ? 0 : 1;
    std::printf("%u passed, %u failed\n", wanted - failed, failed);
    return failed ? 1 : 0;
}
