// Fills the store from a CSV or NDJSON file, read like the files `amend` reads. Does file I/O; before the server
// starts.
#pragma once

#include <cstddef>
#include <string>

#include "customer_store.hpp"

namespace amend::sim {

/// Columns (CSV) or members (NDJSON): `id` or `uuid`, and any of name, phone, email, dial_code, company_name,
/// reference_number, default_payment_method, default_payment_token; others are ignored. The last row of an id counts.
/// Returns the number of rows read. Throws ConfigError or InputError, also for a row that is faulty or has no uuid.
std::size_t seed_customers(const std::string& file, CustomerStore& store);

}  // namespace amend::sim
