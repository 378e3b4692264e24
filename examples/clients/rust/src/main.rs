//! Classifies image files and the images at URLs, and prints a table.

use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fmt, fs, thread};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use ureq::Agent;
use ureq::http::{Response, StatusCode};

const MAX_ATTEMPTS: u32 = 5;
/// For all attempts of a request together.
const MAX_TIME: Duration = Duration::from_secs(60);
/// The service's limit.
const BATCH_SIZE: usize = 16;
const USAGE: &str = "Usage: cargo run -- [--url BASE] FILE_OR_URL...";

#[derive(Deserialize)]
struct Prediction {
    label: String,
    probability: f64,
}

/// Problem details (RFC 9457). Read the code in programs; the detail is for people.
#[derive(Deserialize)]
struct Problem {
    code: String,
    detail: String,
}

#[derive(Deserialize)]
struct Single {
    predictions: [Prediction; 1],
}

#[derive(Deserialize)]
struct Batch {
    results: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Item {
    Failed { problem: Problem },
    Classified(Single),
}

/// Why there is no prediction.
#[derive(Clone)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(format!("{}: {}", problem.code, problem.detail))
    }
}

/// What came of one attempt.
enum Attempt {
    Answered(String),
    Refused(Failure),
    Retryable(Failure, Duration),
}

struct Service {
    agent: Agent,
    base: String,
}

impl Service {
    fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // The service never redirects. Another server must not get the key.
            .max_redirects(0)
            .build();
        Self { agent: config.into(), base: base.trim_end_matches('/').to_owned() }
    }

    /// Sends a request until it is answered. Nothing is stored, so it may be sent again.
    fn post<T: DeserializeOwned>(&self, path: &str, content_type: &str, body: &[u8]) -> Result<T, Failure> {
        let deadline = Instant::now() + MAX_TIME;
        let mut attempt = 1;
        loop {
            let (failure, retry_after) = match self.try_post(path, content_type, body, deadline) {
                Attempt::Answered(text) => return parse(&text),
                Attempt::Refused(failure) => return Err(failure),
                Attempt::Retryable(failure, retry_after) => (failure, retry_after),
            };
            // Random, so that clients that were refused together do not come back together.
            let max_backoff = 0.5 * f64::from(1 << (attempt - 1));
            let wait = retry_after + Duration::from_secs_f64(fastrand::f64() * max_backoff);
            if attempt == MAX_ATTEMPTS || Instant::now() + wait >= deadline {
                return Err(failure);
            }
            eprintln!("{failure} Trying again in {:.1} s.", wait.as_secs_f64());
            thread::sleep(wait);
            attempt += 1;
        }
    }

    fn try_post(&self, path: &str, content_type: &str, body: &[u8], deadline: Instant) -> Attempt {
        let url = format!("{}{path}", self.base);
        let mut request = self.agent.post(&url).header("content-type", content_type);
        if let Some(key) = variable("API_KEY") {
            request = request.header("x-api-key", key);
        }
        if let Some(token) = variable("API_TOKEN") {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let answer = request.config().timeout_global(Some(left)).build().send(body).and_then(|mut response| {
            let text = response.body_mut().read_to_string()?;
            Ok((response, text))
        });
        match answer {
            Err(error) => Attempt::Retryable(Failure(format!("no answer from {url}: {error}.")), Duration::ZERO),
            Ok((response, text)) => match response.status() {
                StatusCode::OK => Attempt::Answered(text),
                status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
                    Attempt::Retryable(failure(status, &text), retry_after(&response))
                }
                status => Attempt::Refused(failure(status, &text)),
            },
        }
    }

    /// Asks once for all files.
    fn classify_files(&self, files: &[String]) -> Result<Vec<Result<Prediction, Failure>>, Failure> {
        let images = files
            .iter()
            .map(|file| fs::read(file).map_err(|error| Failure(format!("cannot read {file}: {error}."))))
            .collect::<Result<Vec<_>, _>>()?;
        if let [image] = &images[..] {
            let single: Single = self.post("/predict?top_k=1", "application/octet-stream", image)?;
            return Ok(single.predictions.into_iter().map(Ok).collect());
        }
        let texts: Vec<String> = images.iter().map(|image| BASE64.encode(image)).collect();
        let body = json!({ "images": texts }).to_string();
        let batch: Batch = self.post("/predict/batch?top_k=1", "application/json", body.as_bytes())?;
        Ok(batch
            .results
            .into_iter()
            .map(|item| match item {
                Item::Failed { problem } => Err(problem.into()),
                Item::Classified(Single { predictions: [prediction] }) => Ok(prediction),
            })
            .collect())
    }

    fn classify_url(&self, url: &str) -> Result<Prediction, Failure> {
        let body = json!({ "url": url }).to_string();
        let Single { predictions: [prediction] } =
            self.post("/predict/url?top_k=1", "application/json", body.as_bytes())?;
        Ok(prediction)
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| {
        Failure(format!("expected an answer in JSON, got something else with status 200: {error}."))
    })
}

fn failure(status: StatusCode, text: &str) -> Failure {
    serde_json::from_str::<Problem>(text).map_or_else(
        |_| Failure(format!("expected problem details, got something else with status {}.", status.as_u16())),
        Failure::from,
    )
}

fn retry_after<T>(response: &Response<T>) -> Duration {
    let value = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
    Duration::from_secs(value.and_then(|text| text.parse::<u32>().ok()).unwrap_or(0).into())
}

fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

fn print_table(rows: &[(&String, &Prediction)]) {
    let name_width = rows.iter().map(|(name, _)| name.chars().count()).fold(4, usize::max);
    let label_width = rows.iter().map(|(_, prediction)| prediction.label.chars().count()).fold(5, usize::max);
    println!("{:name_width$}  {:label_width$}  PROBABILITY", "FILE", "LABEL");
    for (name, Prediction { label, probability }) in rows {
        println!("{name:name_width$}  {label:label_width$}  {probability:.4}");
    }
}

fn main() -> ExitCode {
    let mut images: Vec<String> = env::args().skip(1).collect();
    let mut base = "http://localhost:8080".to_owned();
    if images.len() > 1 && images[0] == "--url" {
        base = images.remove(1);
        images.remove(0);
    }
    if images.is_empty() || images[0].starts_with("--") || !is_url(&base) {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    }

    let service = Service::new(&base);
    let (urls, files): (Vec<String>, Vec<String>) = images.into_iter().partition(|image| is_url(image));
    let mut outcomes: Vec<(String, Result<Prediction, Failure>)> = Vec::new();
    for batch in files.chunks(BATCH_SIZE) {
        // If a request fails, all of its images do.
        let results = service
            .classify_files(batch)
            .unwrap_or_else(|failure| batch.iter().map(|_| Err(failure.clone())).collect());
        outcomes.extend(batch.iter().cloned().zip(results));
    }
    for url in urls {
        let result = service.classify_url(&url);
        outcomes.push((url, result));
    }

    let rows: Vec<_> = outcomes.iter().filter_map(|(name, result)| Some((name, result.as_ref().ok()?))).collect();
    if !rows.is_empty() {
        print_table(&rows);
    }
    for (name, result) in &outcomes {
        if let Err(failure) = result {
            eprintln!("{name}: {failure}");
        }
    }
    if rows.len() == outcomes.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
