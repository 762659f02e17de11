"""`/v2/timezones`."""

import asyncio

from kalends.api.http.answers import EncodedJson
from kalends.api.http.operation import Router
from kalends.timezones import service

router = Router("/v2/timezones", "Timezones")


@router.get("", headers={"Cache-Control": "public, max-age=86400"})
async def list_city_time_zones() -> EncodedJson[list[service.CityTimeZone]]:
    """List the larger cities of the world, each with its time zone and its number of inhabitants."""
    return EncodedJson(await asyncio.to_thread(service.city_time_zones_json))
