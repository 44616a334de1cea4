-- Interest of many claims, day after day: a second opinion on the engine.
--
-- Nothing here knows periods, running numbers or fractions. Every claim has a row for
-- each day; a day bears its own share of a year at its own rate. Amounts are integers:
-- minor units times a power of the denominator that is large enough for every division
-- to leave no remainder (what does is counted).
--
-- Tables filled before: item, event, pause, rate, tariff. All percentages are whole
-- hundredths. The answers are in `answer`.

UPDATE item SET until = least(until, insolvency - 1) WHERE insolvency IS NOT NULL;

-- Days of a year, in units that every day has a whole number of; with the hundredths of
-- a per cent that makes the denominator of one day's interest.
CREATE TABLE years AS
SELECT counting, units, d AS denominator, d * d * d * d * d * d * d * d AS scale
  FROM (VALUES ('act/365', 365), ('act/360', 360), ('30e/360', 360),
               ('act/act', 365 * 366)) AS known (counting, units),
       LATERAL (SELECT units * 10000::numeric AS d) AS of_year;

CREATE TABLE calendar AS
SELECT day::date AS day,
       counting,
       CASE counting
           WHEN '30e/360' THEN CASE
               WHEN extract(day FROM day) = 31 THEN 0
               -- The first of March stands for the missing days of February, too.
               WHEN extract(month FROM day) = 3 AND extract(day FROM day) = 1
                   THEN 31 - extract(day FROM day - interval '1 day')
               ELSE 1 END
           WHEN 'act/act' THEN units / extract(doy FROM
               make_date(extract(year FROM day)::int, 12, 31))
           ELSE 1 END::bigint AS share
  FROM generate_series(date '2018-12-31', date '2026-12-31', '1 day') AS day, years;

-- The rate of each series on each day: the last one that began.
CREATE TABLE in_force AS
SELECT series, day, percent
  FROM (SELECT DISTINCT series FROM rate) AS known,
       (SELECT DISTINCT day FROM calendar) AS days,
       LATERAL (SELECT percent FROM rate
                 WHERE rate.series = known.series AND valid_from <= day
                 ORDER BY valid_from DESC LIMIT 1) AS latest;

-- What one unit bears on one day: hundredths of a per cent times the share of the year.
CREATE TABLE bearing AS
SELECT tariff.id AS tariff,
       counting,
       calendar.day,
       share * greatest(0, least(
           greatest(coalesce(fixed, base.percent) + margin, floor.percent),
           cap.percent))::bigint AS factor
  FROM tariff
  CROSS JOIN calendar
  LEFT JOIN in_force AS base
         ON base.series = tariff.series AND base.day = calendar.day
  LEFT JOIN in_force AS floor
         ON floor.series = tariff.floor AND floor.day = calendar.day
  LEFT JOIN in_force AS cap
         ON cap.series = tariff.cap AND cap.day = calendar.day;

-- Days without interest, each once, within the limit of each item.
CREATE TABLE paused AS
SELECT item, day
  FROM (SELECT item, day, most,
               row_number() OVER (PARTITION BY item ORDER BY day) AS nth
          FROM (SELECT DISTINCT pause.item, day::date AS day, most
                  FROM pause JOIN item ON item.id = pause.item,
                       generate_series(pause.first, last, '1 day') AS day) AS each_once
       ) AS counted
 WHERE most = 0 OR nth <= most;

-- What came in on each day: to principal in any case, or to interest first.
CREATE TABLE income AS
SELECT item,
       day,
       sum(amount) FILTER (WHERE NOT interest_first) AS to_principal,
       sum(amount) FILTER (WHERE interest_first) AS to_interest
  FROM (SELECT event.item, day, amount,
               kind = 'payment' AND coalesce(event.first, item.first) = 'interest'
                   AS interest_first
          FROM event JOIN item ON item.id = event.item) AS events
 GROUP BY item, day;

CREATE UNIQUE INDEX ON bearing (tariff, counting, day);
CREATE UNIQUE INDEX ON paused (item, day);
CREATE UNIQUE INDEX ON income (item, day);
ANALYZE;

-- Claims whose base never depends on interest: one row for each day, then a sum.
CREATE TABLE answer AS
SELECT daily.item,
       sum(CASE WHEN paused.item IS NULL THEN greatest(owed, 0) * factor ELSE 0 END)
           AS numerator,
       max(denominator) AS denominator,
       0::bigint AS remainders
  FROM (SELECT id AS item, tariff, counting, begun, daily.day::date AS day,
               principal - coalesce(sum(to_principal) OVER (
                   PARTITION BY id ORDER BY daily.day
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS owed
          FROM item
          -- From the day of the first event on, so that the sum knows all of them.
          CROSS JOIN LATERAL generate_series(
              least(begun, (SELECT min(day) FROM income WHERE item = id)),
              until, '1 day') AS daily (day)
          LEFT JOIN income ON income.item = id AND income.day = daily.day::date
         WHERE simple) AS daily
  JOIN bearing USING (tariff, counting, day)
  JOIN years USING (counting)
  LEFT JOIN paused USING (item, day)
 WHERE daily.day > begun
 GROUP BY daily.item;

-- The others, from one day to the next. What is owed in all is principal less income
-- and all interest so far; when a payment goes to interest first, no more than that can
-- be left as base. At the end of each year it is all base.
INSERT INTO answer
WITH RECURSIVE walk AS (
    SELECT id AS item, begun AS day, begun + 1 AS first_day, until, tariff, counting,
           yearly, denominator, scale,
           (principal - paid) * scale AS base,
           (principal - paid) * scale AS owed,
           0::numeric AS total,
           0::bigint AS remainders
      FROM item
      JOIN years USING (counting)
      JOIN (SELECT id, coalesce(sum(amount), 0) AS paid
              FROM item LEFT JOIN event ON event.item = id AND day <= begun
             GROUP BY id) AS before USING (id)
     WHERE NOT simple
    UNION ALL
    SELECT item, day, first_day, until, tariff, counting, yearly, denominator, scale,
           CASE WHEN full_year THEN owed
                WHEN to_interest IS NOT NULL THEN least(base, owed)
                ELSE base END,
           owed, total, remainders
      FROM (SELECT walk.item, walk.day + 1 AS day, first_day, until, walk.tariff,
                   walk.counting, yearly, denominator, scale, to_interest,
                   base - coalesce(to_principal, 0) * scale AS base,
                   owed + borne - scale
                       * (coalesce(to_principal, 0) + coalesce(to_interest, 0)) AS owed,
                   total + borne AS total,
                   remainders + (borne * denominator <> bearable)::int AS remainders,
                   yearly AND (
                       to_char(walk.day + 2, 'MMDD') = to_char(first_day, 'MMDD')
                       OR to_char(first_day, 'MMDD') = '0229'
                       AND to_char(walk.day + 1, 'MMDD') = '0228'
                       AND to_char(walk.day + 2, 'MMDD') = '0301') AS full_year
              FROM walk
              JOIN bearing ON bearing.tariff = walk.tariff
                          AND bearing.counting = walk.counting
                          AND bearing.day = walk.day + 1
              LEFT JOIN paused ON paused.item = walk.item
                              AND paused.day = walk.day + 1
              LEFT JOIN income ON income.item = walk.item
                              AND income.day = walk.day + 1,
                   LATERAL (SELECT CASE WHEN paused.item IS NULL
                                        THEN greatest(base, 0) * factor
                                        ELSE 0 END AS bearable) AS step,
                   LATERAL (SELECT div(bearable, denominator) AS borne) AS share
             WHERE walk.day < walk.until) AS stepped
)
SELECT item, total, scale, remainders FROM walk WHERE day = until;
