#include "reml_flow.h"

#include <math.h>

enum { HIGH = 64 * 1024, LOW = 4 * 1024, LEAST_WITH_CONTROLLER = 64 };
static const uint64_t ns_per_ms = 1000000;

reml_flow_controller reml_flow_controller_default(void) {
  return (reml_flow_controller){.mode = REML_FLOW_AUTO,
                                .high_watermark = HIGH,
                                .low_watermark = LOW,
                                .policy = REML_POLICY_AUTO};
}

/* --- the controller --- */

static uint64_t positive(reml_optional_int number) {
  return number.present && number.number > 0 ? (uint64_t)number.number : 0;
}

bool reml__flow_from_settings(const reml_flow_settings *settings, reml_flow_mode mode,
                              reml_flow_controller *out) {
  *out = reml_flow_controller_default();
  out->mode = mode;
  out->policy = settings->automatic ? REML_POLICY_AUTO : REML_POLICY_MANUAL;
  out->max_lag_bytes = positive(settings->max_lag_bytes);
  uint64_t ms = positive(settings->debounce_ms);
  out->debounce_ns = ms < UINT64_MAX / ns_per_ms ? ms * ns_per_ms : UINT64_MAX;
  if (settings->throttle_ratio.present) out->throttle_ratio = settings->throttle_ratio.number;
  return settings->present;
}

/* Mode AUTO is decided by what the feeder says of itself. */
static reml_flow_mode mode_of(reml_flow_mode mode, reml_feeder_access access) {
  if (mode != REML_FLOW_AUTO) return mode;
  if (access == REML_FEEDER_PUSH_ONLY) return REML_FLOW_PUSH;
  return access == REML_FEEDER_RANDOM_ACCESS ? REML_FLOW_PULL : REML_FLOW_HYBRID;
}

void reml__flow_set_mode(reml_flow *flow, reml_flow_mode mode, reml_feeder_access access) {
  flow->controller.mode = mode_of(mode, access);
  flow->pushing = flow->controller.mode == REML_FLOW_PUSH;
}

bool reml__flow_install(reml_flow *flow, const reml_flow_controller *controller,
                        reml_feeder_access access) {
  if (controller->high_watermark < controller->low_watermark) return false;
  flow->present = true;
  flow->controller = *controller;
  reml__flow_set_mode(flow, controller->mode, access);
  return true;
}

/* --- what happens --- */

bool reml__flow_arrived(reml_flow *flow, uint64_t buffered, bool fresh) {
  bool is_oldest = buffered > 0 && (fresh || !flow->has_oldest);
  flow->has_oldest = buffered > 0;
  if (flow->controller.mode == REML_FLOW_HYBRID && buffered == 0) flow->pushing = false;
  return is_oldest;
}

void reml__flow_awaited(reml_flow *flow) {
  if (flow->controller.mode == REML_FLOW_HYBRID) flow->pushing = true;
}

/* --- section 7: the state `restrained` --- */

static bool lags(const reml_flow *flow, const reml_fill *fill) {
  const reml_flow_controller *controller = &flow->controller;
  if (controller->policy != REML_POLICY_AUTO) return false;
  if (controller->max_lag_bytes > 0 && fill->buffered > controller->max_lag_bytes) return true;
  return controller->max_lag_ns > 0 && flow->has_oldest &&
         fill->now - flow->oldest_at > controller->max_lag_ns;
}

/* An empty buffer is below every low watermark, also below 0. */
static bool is_low(const reml_flow *flow, const reml_fill *fill) {
  return fill->buffered == 0 || fill->buffered < flow->controller.low_watermark;
}

static bool is_debounced(const reml_flow *flow, const reml_fill *fill) {
  return flow->controller.policy == REML_POLICY_AUTO && flow->has_reported &&
         fill->now - flow->reported_at < flow->controller.debounce_ns;
}

bool reml__flow_restrains(reml_flow *flow, const reml_fill *fill) {
  if (!flow->present) return false;
  bool lagging = lags(flow, fill);
  if (!flow->restrained && (lagging || fill->buffered > flow->controller.high_watermark)) {
    flow->restrained = flow->unreported = true;
  } else if (flow->restrained && !lagging && is_low(flow, fill)) {
    flow->restrained = flow->unreported = false;
  }
  if (!flow->unreported || is_debounced(flow, fill)) return false;
  flow->unreported = false;
  flow->has_reported = true;
  flow->reported_at = fill->now;
  return true;
}

/* --- section 2: demands --- */

static uint64_t larger(uint64_t a, uint64_t b) {
  return a > b ? a : b;
}

static uint64_t smaller(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

static uint64_t base_min(const reml_flow *flow, const reml_stream_settings *settings,
                         const reml_fill *fill) {
  uint64_t wanted = positive(settings->demand_min_bytes);
  if (wanted > 0) return wanted;
  if (!flow->present) return 1;
  uint64_t low = flow->controller.low_watermark;
  return larger(LEAST_WITH_CONTROLLER, low > fill->buffered ? low - fill->buffered : 0);
}

static uint64_t base_preferred(const reml_flow *flow, const reml_stream_settings *settings,
                               uint64_t cap, uint64_t min) {
  uint64_t wanted = positive(settings->demand_preferred_bytes);
  if (wanted > 0) return wanted;
  if (flow->present) return smaller(flow->controller.high_watermark, cap);
  return min <= UINT64_MAX / 4 ? 4 * min : UINT64_MAX;
}

static uint64_t throttled(const reml_flow *flow, uint64_t preferred) {
  double ratio = flow->controller.throttle_ratio;
  bool active = flow->restrained && flow->controller.policy == REML_POLICY_AUTO;
  if (!active || !(ratio > 0.0 && ratio < 1.0)) return preferred;
  return (uint64_t)ceil((double)preferred * ratio);
}

void reml__flow_ask(const reml_flow *flow, const reml_stream_settings *settings, reml_amount cap,
                    const reml_fill *fill, uint64_t owed, uint64_t asked, reml_demand *demand) {
  uint64_t most = cap.bytes > 0 ? cap.bytes : UINT64_MAX;
  uint64_t base = base_min(flow, settings, fill);
  uint64_t min = larger(owed > 0 ? owed : base, fill->missing);
  if (asked > 0) min = smaller(min, asked);
  min = larger(1, smaller(min, most));
  uint64_t preferred = asked > 0 ? asked : base_preferred(flow, settings, most, base);
  preferred = larger(min, smaller(preferred, most));
  demand->min_bytes = min;
  demand->preferred_bytes = larger(min, throttled(flow, preferred));
}
