#include "transport/http_date.hpp"

#include <doctest/doctest.h>

using amend::parse_http_date;

TEST_CASE("http_date: the RFC's own example") {
  const auto date = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  REQUIRE(date);
  CHECK(date->time_since_epoch().count() == 784'111'777);
}

TEST_CASE("http_date: the epoch, a leap day and a leap second") {
  CHECK(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT")->time_since_epoch().count() == 0);
  CHECK(parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT")->time_since_epoch().count() == 1'709'164'800);
  CHECK(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == parse_http_date("Sun, 01 Jan 2017 00:00:00 GMT"));
}

TEST_CASE("http_date: the obsolete forms, which a recipient must read too") {
  for (const char* text : {"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    CAPTURE(text);
    CHECK(parse_http_date(text) == parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"));
  }
  CHECK(parse_http_date("Tue Nov 29 23:59:60 2033") == parse_http_date("Tue, 29 Nov 2033 23:59:60 GMT"));
  CHECK(parse_http_date("Tuesday, 29-Nov-33 01:02:03 GMT") == parse_http_date("Tue, 29 Nov 2033 01:02:03 GMT"));
  CHECK(parse_http_date("Thursday, 01-Jan-70 00:00:00 GMT")->time_since_epoch().count() == 0);
}

TEST_CASE("http_date: anything else is no date") {
  for (const char* text : {"",
                           "0",
                           "120",
                           "Sun, 06-Nov-94 08:49:37 GMT",
                           "Sunday, 06 Nov 1994 08:49:37 GMT",
                           "Sunday, 06-Nov-1994 08:49:37 GMT",
                           "Sunday,  6-Nov-94 08:49:37 GMT",
                           "Sunday, 31-Nov-94 08:49:37 GMT",
                           "Sun Nov 6 08:49:37 1994",
                           "Sun Nov    08:49:37 1994",
                           "Sun Nov  6 08:49:37 1994 GMT",
                           "Sunday Nov  6 08:49:37 1994",
                           "Sun",
                           "Sunday",
                           "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 06 Nov 1994 08:49:37 GMT ",
                           " Sun, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 gmt",
                           "Sun, 06 nov 1994 08:49:37 GMT",
                           "Xxx, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 00 Nov 1994 08:49:37 GMT",
                           "Sun, 31 Nov 1994 08:49:37 GMT",
                           "Wed, 29 Feb 2023 00:00:00 GMT",
                           "Sun, 06 Nov 1994 24:00:00 GMT",
                           "Sun, 06 Nov 1994 08:60:00 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT",
                           "Sun, +6 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov -994 08:49:37 GMT",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08-49-37 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text));
  }
}
