/* Flow control: when to pause, and how much to ask for (contract streaming-spec.md sections 2 and
 * 7). Knows numbers only; what a session is, is stream.c's business. */
#ifndef REML_FLOW_H
#define REML_FLOW_H

#include "reml_config.h"

typedef struct reml_flow {
  bool present; /* there is a controller */
  reml_flow_controller controller;
  bool pushing;    /* the producer decides how much it sends */
  bool restrained; /* over a threshold, and not yet below */
  bool unreported; /* restrained, and no Pending has said so */
  bool has_reported;
  uint64_t reported_at; /* ns */
  bool has_oldest;
  uint64_t oldest_at; /* ns; when the oldest byte that is not settled came */
} reml_flow;

/* How full a session is. */
typedef struct reml_fill {
  uint64_t buffered; /* bytes received and not settled */
  uint64_t missing;  /* bytes without which the unfinished token cannot go on; at least 1 */
  uint64_t now;      /* ns */
} reml_fill;

/* The mode that is in force, with or without a controller. */
void reml__flow_set_mode(reml_flow *flow, reml_flow_mode mode, reml_feeder_access access);

/* False: the watermarks are the wrong way round, and *flow is as it was. NULL: none. */
bool reml__flow_install(reml_flow *flow, const reml_flow_controller *controller,
                        reml_feeder_access access);

/* The controller that the configuration describes; false: it describes none. */
bool reml__flow_from_settings(const reml_flow_settings *settings, reml_flow_mode mode,
                              reml_flow_controller *out);

/* Bytes came; `fresh` says that all that is buffered is of them. True when the oldest buffered byte
 * is one of them, so that flow->oldest_at has to be set. Also counted without a controller: one may
 * come later. */
bool reml__flow_arrived(reml_flow *flow, uint64_t buffered, bool fresh);
/* The feeder said Await. */
void reml__flow_awaited(reml_flow *flow);
/* True when a Pending with reason Backpressure is due. */
bool reml__flow_restrains(reml_flow *flow, const reml_fill *fill);
/* Sets the bytes of the demand: `owed` bytes of an earlier one are still to come. `asked` is what
 * on_demand said, or 0. */
void reml__flow_ask(const reml_flow *flow, const reml_stream_settings *settings, reml_amount cap,
                    const reml_fill *fill, uint64_t owed, uint64_t asked, reml_demand *demand);

#endif
