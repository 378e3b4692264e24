"""Fixes for Step Functions."""

from ministack.services import stepfunctions


def name_throttles() -> None:
    """A throttled Lambda task fails with Lambda.Unknown, so a state that retries throttles does not retry."""
    call = stepfunctions._call_lambda

    def call_with_names(function, event):
        try:
            return call(function, event)
        except stepfunctions._ExecutionError as error:
            if "TooManyRequestsException" in error.cause:
                error.error = "Lambda.TooManyRequestsException"
            raise

    stepfunctions._call_lambda = call_with_names


def stop_children() -> None:
    """The children of a stopped execution's Map Run go on, and may then make it fail although it was stopped."""
    execute_task, fail = stepfunctions._execute_task, stepfunctions._fail_execution

    def execute_task_unless_stopped(state, state_input, execution, context):
        run = stepfunctions._map_runs.get(execution.get("mapRunArn"))
        if run and stepfunctions._executions[run["executionArn"]]["status"] != "RUNNING":
            raise stepfunctions._ExecutionError("States.Aborted", "The parent execution was stopped")
        return execute_task(state, state_input, execution, context)

    def fail_if_running(execution, error, cause):
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    stepfunctions._execute_task = execute_task_unless_stopped
    stepfunctions._fail_execution = fail_if_running
