// The C interface: builds the jobs of a call and spreads their items over threads.
#include "convwise_kernels.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include "choose.h"
#include "fold.h"
#include "pages.h"
#include "plan.h"

namespace {

std::atomic<ConvwiseParallelFor> parallel_for{nullptr};

constexpr size_t LARGE_PAGE = 2 * 1024 * 1024;

// Scratch that a thread keeps between calls: fresh pages would cost more than small convolutions.
struct Scratch {
    void* memory = nullptr;
    size_t bytes = 0;

    ~Scratch() { std::free(memory); }

    float* at_least(size_t wanted) {
        if (wanted > bytes) {
            std::free(memory);
            bytes = (wanted + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
            memory = std::aligned_alloc(LARGE_PAGE, bytes);
            if (memory) {
                prefer_large_pages(memory, bytes);
            } else {
                bytes = 0;
            }
        }
        return static_cast<float*>(memory);
    }
};

thread_local Scratch thread_scratch;

struct Run {
    const Level* level;
    const Job* job;
    int64_t items, slots;
    double* sums; // per slot and group; null for a correlation
    int64_t group_sums;
    std::atomic<int64_t> next{0};
    std::atomic<bool> starved{false};
};

int64_t items_of(const Job& job) {
    return job.batch * job.groups * job.tiles_y * job.tiles_x * job.chunks;
}

Item item_at(const Job& job, int64_t place) {
    Item item;
    item.chunk = place % job.chunks;
    place /= job.chunks;
    item.tile_x = place % job.tiles_x;
    place /= job.tiles_x;
    item.tile_y = place % job.tiles_y;
    place /= job.tiles_y;
    item.group = place % job.groups;
    item.n = place / job.groups;
    return item;
}

// Outputs do not depend on who computes them: threads take the next item.
void correlate_slot(Run& run, float* scratch) {
    for (;;) {
        const int64_t place = run.next.fetch_add(1);
        if (place >= run.items) return;
        const Item item = item_at(*run.job, place);
        run.level->correlate(run.job, &item, scratch);
    }
}

// Sums do depend on the order: each slot has its own items, whoever runs it.
void weigh_slot(Run& run, int64_t slot, float* scratch) {
    double* sums = run.sums + slot * run.job->groups * run.group_sums;
    const int64_t end = (slot + 1) * run.items / run.slots;
    for (int64_t place = slot * run.items / run.slots; place < end; ++place) {
        const Item item = item_at(*run.job, place);
        run.level->weigh(run.job, &item, scratch, sums + item.group * run.group_sums);
    }
}

void run_slots(int64_t begin, int64_t end, void* context) {
    Run& run = *static_cast<Run*>(context);
    const size_t bytes = static_cast<size_t>(run.job->scratch_floats) * sizeof(float);
    float* scratch = thread_scratch.at_least(bytes);
    if (!scratch) {
        run.starved.store(true);
        return;
    }
    for (int64_t slot = begin; slot < end; ++slot) {
        if (run.sums) {
            weigh_slot(run, slot, scratch);
        } else {
            correlate_slot(run, scratch);
        }
    }
}

// Threads that are worth waking: each should have some ten thousand multiply-adds.
int64_t useful_threads(const Job& job, int64_t threads) {
    const int64_t outputs = job.batch * job.groups * job.outputs * job.t.output * job.y.output * job.x.output;
    const int64_t taps = std::max<int64_t>(1, job.inputs * job.t.taps * job.y.taps * job.x.taps);
    return std::max<int64_t>(1, std::min(threads, outputs / std::max<int64_t>(1, 65536 / taps)));
}

int32_t execute(Run& run) {
    ConvwiseParallelFor parallel = parallel_for.load();
    if (run.slots > 1 && parallel) {
        parallel(0, run.slots, 1, run_slots, &run);
    } else {
        run_slots(0, run.slots, &run);
    }
    return run.starved.load() ? 1 : 0;
}

Strides contiguous(int64_t channels, const int64_t size[3]) {
    Strides by;
    by.x = 1;
    by.y = size[2];
    by.t = size[1] * by.y;
    by.c = size[0] * by.t;
    by.n = channels * by.c;
    return by;
}

int64_t elements(int64_t batch, int64_t channels, const int64_t size[3]) {
    return batch * channels * size[0] * size[1] * size[2];
}

size_t element_bytes(const ConvwiseShape& shape) {
    return shape.storage == CONVWISE_BFLOAT16 ? 2 : 4;
}

void prepare_output(const ConvwiseShape& shape, void* output, int64_t count) {
    prefer_large_pages(output, static_cast<size_t>(count) * element_bytes(shape));
}

int64_t kernel_size(const ConvwiseShape& shape) {
    return shape.kernel[0] * shape.kernel[1] * shape.kernel[2];
}

// A target that no cache would hold until it is read: its lines need not be read before they are
// written.
constexpr size_t LARGE_BYTES = 32 * 1024 * 1024;

bool streams(const Job& job, size_t bytes) {
    const bool lines = reinterpret_cast<uintptr_t>(job.target) % 64 == 0 &&
                       job.target_strides.y % 16 == 0 && job.target_strides.x == 1;
    return lines && bytes >= LARGE_BYTES && !job.bfloat16 && !job.activated;
}

int32_t run_correlation(Plan& plan, const Level& level, int64_t threads) {
    Run run{&level, &plan.job, items_of(plan.job), 1, nullptr, 0};
    run.slots = std::min(useful_threads(plan.job, threads), std::max<int64_t>(1, run.items));
    return execute(run);
}

void set_elements(Job& job, const ConvwiseShape& shape) {
    job.bfloat16 = shape.storage == CONVWISE_BFLOAT16;
    job.activation = static_cast<int32_t>(shape.activation);
    job.slope = static_cast<float>(shape.slope);
}

void set_forward_axes(Plan& plan, const ConvwiseShape& shape) {
    Axis* axes[3] = {&plan.job.t, &plan.job.y, &plan.job.x};
    for (int a = 0; a < 3; ++a) {
        plan.maps[a] = border_map(shape, a);
        const ConvwiseShape padded = with_border(shape, a, plan.maps[a]);
        plan.taps[a] = forward_taps(padded, a);
        *axes[a] = axis_of(plan.taps[a], padded.input[a], shape.output[a], shape.stride[a]);
        if (plan.maps[a].empty()) continue;
        axes[a]->map = plan.maps[a].data();
        axes[a]->border = shape.padding[a];
        axes[a]->inside = shape.input[a];
    }
    set_elements(plan.job, shape);
    plan.job.batch = shape.batch;
    plan.job.groups = shape.groups;
    plan.job.inputs = shape.inputs / shape.groups;
    plan.job.outputs = shape.outputs / shape.groups;
    plan.job.source_strides = contiguous(shape.inputs, shape.input);
    plan.job.target_strides = contiguous(shape.outputs, shape.output);
}

int32_t forward(const ConvwiseShape& shape, const Level& level, const void* x, const float* w,
                const float* bias, void* y, void* before, int64_t threads) {
    Plan plan;
    Job& job = plan.job;
    set_forward_axes(plan, shape);
    job.source = x;
    job.bias = bias;
    job.target = before ? before : y;
    job.clamp = shape.activation == CONVWISE_RELU && !before;
    job.activated = shape.activation == CONVWISE_NONE || job.clamp ? nullptr : y;
    const int64_t count = elements(shape.batch, shape.outputs, shape.output);
    prepare_output(shape, y, count);
    if (before) prepare_output(shape, before, count);
    job.stream = streams(job, static_cast<size_t>(count) * element_bytes(shape));
    lay_out(plan, level, Kind::correlation, threads);
    const int64_t k = kernel_size(shape);
    pack_weights(plan, level, shape, w, {job.outputs * job.inputs * k, job.inputs * k, k});
    return run_correlation(plan, level, threads);
}

// The input positions phase + stride * j: a correlation of the gradient with every stride-th tap.
int32_t gradient_phase(const ConvwiseShape& shape, const Level& level, const int64_t phase[3],
                       const void* gradient, const void* mask, const float* w, void* x_gradient,
                       int64_t threads) {
    Plan plan;
    Job& job = plan.job;
    set_elements(job, shape);
    Axis* axes[3] = {&job.t, &job.y, &job.x};
    const Strides full = contiguous(shape.inputs, shape.input);
    for (int a = 0; a < 3; ++a) {
        plan.taps[a] = gradient_taps(shape, a, phase[a]);
        const int64_t count = (shape.input[a] - phase[a] + shape.stride[a] - 1) / shape.stride[a];
        *axes[a] = axis_of(plan.taps[a], shape.output[a], count, 1);
    }
    job.batch = shape.batch;
    job.groups = shape.groups;
    job.inputs = shape.outputs / shape.groups;
    job.outputs = shape.inputs / shape.groups;
    job.source = gradient;
    job.mask = mask;
    job.source_strides = contiguous(shape.outputs, shape.output);
    const int64_t first = phase[0] * full.t + phase[1] * full.y + phase[2];
    job.target = static_cast<char*>(x_gradient) + static_cast<size_t>(first) * element_bytes(shape);
    job.target_strides = {full.n, full.c, full.t * shape.stride[0], full.y * shape.stride[1],
                          shape.stride[2]};
    const int64_t count = elements(shape.batch, shape.inputs, shape.input);
    job.stream = streams(job, static_cast<size_t>(count) * element_bytes(shape));
    lay_out(plan, level, Kind::correlation, threads);
    const int64_t k = kernel_size(shape);
    pack_weights(plan, level, shape, w, {job.outputs * job.inputs * k, k, job.outputs * k});
    return run_correlation(plan, level, threads);
}

// Where the input lies within zeros.
int32_t inner_gradient(const ConvwiseShape& shape, const Level& level, const void* gradient,
                       const void* mask, const float* w, void* x_gradient, int64_t threads) {
    prepare_output(shape, x_gradient, elements(shape.batch, shape.inputs, shape.input));
    int64_t phase[3];
    for (phase[0] = 0; phase[0] < std::min(shape.stride[0], shape.input[0]); ++phase[0]) {
        for (phase[1] = 0; phase[1] < std::min(shape.stride[1], shape.input[1]); ++phase[1]) {
            for (phase[2] = 0; phase[2] < std::min(shape.stride[2], shape.input[2]); ++phase[2]) {
                const int32_t failed =
                    gradient_phase(shape, level, phase, gradient, mask, w, x_gradient, threads);
                if (failed) return failed;
            }
        }
    }
    return 0;
}

struct Folding {
    const ConvwiseShape* shape;
    Box box;
    const int64_t* maps[3];
    const void* from;
    void* to;
};

void fold_part(int64_t begin, int64_t end, void* context) {
    const Folding& f = *static_cast<const Folding*>(context);
    fold(f.box, f.maps, f.shape->input, f.shape->storage, begin, end, f.from, f.to);
}

// The part of the border before (side 0) or behind the input along `axis`: over the whole padded
// axes before it, and the input's own extent of those after it, so that every place counts once.
Box border_box(const ConvwiseShape& shape, const std::vector<int64_t> maps[3], int axis, int side) {
    Box box{};
    for (int a = 0; a < 3; ++a) {
        const int64_t all = maps[a].empty() ? shape.input[a] : static_cast<int64_t>(maps[a].size());
        const int64_t border = maps[a].empty() ? 0 : shape.padding[a];
        box.begin[a] = a < axis ? 0 : border;
        box.size[a] = a < axis ? all : shape.input[a];
        if (a != axis) continue;
        box.begin[a] = side ? border + shape.input[a] : 0;
        box.size[a] = side ? all - border - shape.input[a] : border;
    }
    return box;
}

// The gradient of what a border repeats: that of the padded input there, added to its elements.
int32_t border_gradient(const ConvwiseShape& shape, const Level& level, Folding& folding,
                        const void* gradient, const void* mask, const float* w, int64_t threads) {
    ConvwiseShape part = shape;
    for (int a = 0; a < 3; ++a) {
        part.input[a] = folding.box.size[a];
        // A place p of an unpadded axis reads as in the whole; one of a padded axis from its begin.
        part.padding[a] = folding.maps[a] ? folding.box.begin[a] : shape.padding[a];
    }
    const size_t count = static_cast<size_t>(elements(part.batch, part.inputs, part.input));
    std::vector<char> held(count * element_bytes(shape));
    const int32_t failed = inner_gradient(part, level, gradient, mask, w, held.data(), threads);
    if (failed) return failed;
    folding.from = held.data();
    const int64_t planes = part.batch * part.inputs;
    ConvwiseParallelFor parallel = parallel_for.load();
    if (parallel && threads > 1 && count > 65536) {
        parallel(0, planes, 1, fold_part, &folding);
    } else {
        fold_part(0, planes, &folding);
    }
    return 0;
}

int32_t input_gradient(const ConvwiseShape& shape, const Level& level, const void* gradient,
                       const void* mask, const float* w, void* x_gradient, int64_t threads) {
    const int32_t failed = inner_gradient(shape, level, gradient, mask, w, x_gradient, threads);
    if (failed || shape.mode == CONVWISE_ZEROS) return failed;
    std::vector<int64_t> maps[3];
    Folding folding{&shape, {}, {}, nullptr, x_gradient};
    for (int a = 0; a < 3; ++a) {
        maps[a] = border_map(shape, a);
        folding.maps[a] = maps[a].empty() ? nullptr : maps[a].data();
    }
    for (int part = 0; part < 6; ++part) {
        if (maps[part / 2].empty()) continue;
        folding.box = border_box(shape, maps, part / 2, part % 2);
        if (!folding.box.size[part / 2]) continue;
        const int32_t bad = border_gradient(shape, level, folding, gradient, mask, w, threads);
        if (bad) return bad;
    }
    return 0;
}

int32_t weight_gradient(const ConvwiseShape& shape, const Level& level, const void* gradient,
                        const void* mask, const void* x, float* w_gradient, float* bias_gradient,
                        int64_t threads) {
    Plan plan;
    Job& job = plan.job;
    set_forward_axes(plan, shape);
    job.source = x;
    job.gradient = gradient;
    job.gradient_mask = mask;
    job.want_bias = bias_gradient != nullptr;
    lay_out(plan, level, Kind::weight_gradient, threads);
    const int64_t weights = job.outputs * job.inputs * kernel_size(shape);
    const int64_t group = weights + (bias_gradient ? job.outputs : 0);
    Run run{&level, &job, items_of(job), 1, nullptr, group};
    run.slots = std::min(useful_threads(job, threads), std::max<int64_t>(1, run.items));
    std::vector<double> sums(static_cast<size_t>(run.slots * job.groups * group), 0.0);
    run.sums = sums.data();
    const int32_t failed = execute(run);
    if (failed) return failed;
    for (int64_t i = 0; i < job.groups * group; ++i) {
        double total = 0.0;
        for (int64_t slot = 0; slot < run.slots; ++slot) total += sums[slot * job.groups * group + i];
        const int64_t g = i / group, at = i % group;
        float* to = at < weights ? w_gradient + g * weights + at
                                 : bias_gradient + g * job.outputs + at - weights;
        *to = static_cast<float>(total);
    }
    return 0;
}

struct Idle {
    const Level* level;
    int64_t rounds;
    std::atomic<int64_t> done{0};
};

void idle_part(int64_t begin, int64_t end, void* context) {
    Idle& idle = *static_cast<Idle*>(context);
    float sink = 0.0f;
    for (int64_t i = begin; i < end; ++i) {
        idle.done.fetch_add(idle.level->multiply_adds(idle.rounds, &sink));
        volatile float used = sink;
        (void)used;
    }
}

// No exception leaves the C interface.
template <class Work> int32_t guarded(const ConvwiseShape* shape, Work work) {
    const Level* level = chosen_level();
    if (!level) return 3;
    if (!fits(*shape)) return 2;
    try {
        return work(*level);
    } catch (const std::bad_alloc&) {
        return 1;
    }
}

} // namespace

void convwise_use_threads(ConvwiseParallelFor parallel) { parallel_for.store(parallel); }

int64_t convwise_multiply_adds(int64_t rounds, int64_t threads) {
    const Level* level = chosen_level();
    if (!level) return 0;
    Idle idle{level, rounds};
    ConvwiseParallelFor parallel = parallel_for.load();
    if (parallel && threads > 1) {
        parallel(0, threads, 1, idle_part, &idle);
    } else {
        idle_part(0, 1, &idle);
    }
    return idle.done.load();
}

int32_t convwise_forward(const ConvwiseShape* shape, const void* x, const float* w,
                         const float* bias, void* y, void* before, int64_t threads) {
    return guarded(shape, [&](const Level& level) {
        return forward(*shape, level, x, w, bias, y, before, threads);
    });
}

int32_t convwise_input_gradient(const ConvwiseShape* shape, const void* gradient,
                                const void* mask, const float* w, void* x_gradient,
                                int64_t threads) {
    return guarded(shape, [&](const Level& level) {
        return input_gradient(*shape, level, gradient, mask, w, x_gradient, threads);
    });
}

int32_t convwise_weight_gradient(const ConvwiseShape* shape, const void* gradient,
                                 const void* mask, const void* x, float* w_gradient,
                                 float* bias_gradient, int64_t threads) {
    return guarded(shape, [&](const Level& level) {
        return weight_gradient(*shape, level, gradient, mask, x, w_gradient, bias_gradient, threads);
    });
}
