"""`/v2/timezones`."""

import asyncio

from fastapi import Response

from kalends.api.envelope import raw_success
from kalends.api.routing import Router
from kalends.api.wire import Success
from kalends.timezones import service

router = Router("/v2/timezones", "Timezones")


@router.get("", response_model=Success[list[service.CityTimeZone]])
async def list_city_time_zones() -> Response:
    """List the larger cities of the world, each with its time zone and its number of inhabitants."""
    response = raw_success(await asyncio.to_thread(service.city_time_zones_json))
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
