/* The stream driver: contract streaming-spec.md section 8. */
#include "reml_stream.h"

#include <gc.h>

struct reml_stream_driver {
  reml_stream *stream;
  reml_feeder feeder;
  reml_sink *sink;
  void *sink_user;
  bool started;
  bool lent; /* the sink has the continuation */
};

reml_stream_driver *reml_stream_driver_new(reml_context *context, const reml_stream_config *config,
                                           reml_string filename, const reml_feeder *feeder,
                                           reml_sink *sink, void *sink_user) {
  if (context == NULL || config == NULL || feeder == NULL || feeder->pull == NULL || sink == NULL)
    return NULL;
  if (config->profile == REML_STREAM_POC) return NULL; /* it takes no steps */
  reml_stream_driver *driver = GC_MALLOC(sizeof *driver);
  if (driver == NULL) return NULL;
  *driver = (reml_stream_driver){.feeder = *feeder, .sink = sink, .sink_user = sink_user};
  driver->stream = reml__stream_open(context, config, filename, feeder->access);
  return driver->stream == NULL ? NULL : driver;
}

static bool deliver(reml_stream_driver *driver, const reml_stream_outcome *outcome) {
  return driver->sink(driver->sink_user, outcome);
}

static reml_pump_state settle(reml_stream_driver *driver, const reml_stream_outcome *outcome) {
  bool kept = deliver(driver, outcome);
  if (outcome->continuation == NULL) {
    driver->stream->completed = true; /* also when memory ran out */
    return REML_PUMP_FINISHED;
  }
  driver->lent = kept;
  return REML_PUMP_WAITING;
}

reml_pump_state reml_stream_driver_pump(reml_stream_driver *driver) {
  reml_stream *stream = driver->stream;
  reml_stream_outcome outcome;
  if (stream->completed) return REML_PUMP_FINISHED;
  if (driver->lent) return REML_PUMP_WAITING;
  if (!driver->started) {
    driver->started = true;
    if (reml__stream_refuses_config(stream, &outcome)) return settle(driver, &outcome);
  } else if (stream->generation > 0 && !stream->resumed) {
    reml__stream_resumed(stream);
  }
  if (reml__stream_pull(stream, &driver->feeder, &outcome)) return settle(driver, &outcome);
  return REML_PUMP_PROGRESSED;
}

reml_pump_state reml_stream_driver_give(reml_stream_driver *driver,
                                        reml_continuation *continuation) {
  reml_problem problem = reml__continuation_problem(continuation);
  if (problem == REML_PROBLEM_NONE && continuation->stream != driver->stream)
    problem = REML_PROBLEM_CONTINUATION_FOREIGN;
  if (problem == REML_PROBLEM_NONE) {
    driver->lent = false;
    return REML_PUMP_WAITING;
  }
  reml_stream_outcome refusal = reml__stream_refusal(driver->stream, problem);
  deliver(driver, &refusal);
  return driver->stream->completed ? REML_PUMP_FINISHED : REML_PUMP_WAITING;
}

reml_stream_meta reml_stream_driver_meta(const reml_stream_driver *driver) {
  return reml__stream_meta(driver->stream);
}
