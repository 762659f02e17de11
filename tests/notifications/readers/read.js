// Read calendars, a JSON list of texts, and print for each when its event takes place: pairs of epoch seconds.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

function times(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const event = new ICAL.Event(calendar.getFirstSubcomponent("vevent"));
  const seconds = event.endDate.toUnixTime() - event.startDate.toUnixTime();
  if (!event.isRecurring()) return [[event.startDate.toUnixTime(), event.endDate.toUnixTime()]];
  const found = [];
  const dates = event.iterator();
  for (let date = dates.next(); date; date = dates.next()) found.push([date.toUnixTime(), date.toUnixTime() + seconds]);
  return found;
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(times)));
