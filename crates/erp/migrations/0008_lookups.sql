-- What is looked up by other columns than those of a key.

CREATE INDEX fact_log_approved ON fact_log (warehouse_id, device, agg) WHERE type = 'Approved';
CREATE INDEX fact_log_claimed ON fact_log (warehouse_id, agg, received_at) WHERE type IN ('TaskClaimed', 'TaskTakenOver');
CREATE INDEX adapter_queue_fact ON adapter_queue (warehouse_id, fact_ref);

-- Rows that leave the devices when they are old: the statements of sweep.rs name the same kinds.
CREATE INDEX feed_row_old ON feed_row (kind, changed_ms)
  WHERE deleted = 0 AND kind IN ('task', 'pack-order', 'handling-unit', 'outcome');
