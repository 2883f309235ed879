// Fills the store from a CSV or NDJSON file, which it reads like `amend`. Does file I/O before the server starts.
#pragma once

#include <cstddef>
#include <string>

#include "customer_store.hpp"

namespace amend::sim {

/// Reads columns (CSV) or members (NDJSON): `id` or `uuid`, and any of name, phone, email, dial_code, company_name,
/// reference_number, default_payment_method, default_payment_token. Others are ignored. The last row of an id counts.
/// Returns the number of rows.
///
/// Errors: throws ConfigError or InputError, also for a row that is faulty or has no uuid.
std::size_t seed_customers(const std::string& file, CustomerStore& store);

}  // namespace amend::sim
