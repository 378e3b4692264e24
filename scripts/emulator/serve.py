"""Runs MiniStack 1.5.33 with fixes for the bugs that affect this project.

Each function in `fixes/` fixes one bug or adds one missing feature, which its docstring describes. Nothing else in
MiniStack changes, and nothing else in the project depends on these fixes.
"""

from fixes import alarms, executions, firewall, functions, gateway, images, network, secrets, storage

if __name__ == "__main__":
    network.listen_for_containers()
    images.report_missing_images()
    images.refuse_used_tags()
    images.delete_completely()
    images.describe_artifacts()
    gateway.treat_bodies_without_a_type_as_binary()
    gateway.disable_keys()
    gateway.name_callers()
    alarms.keep_alarms_on_expressions()
    alarms.add_composite_alarms()
    firewall.add_firewall_parts()
    functions.start_containers_for_new_settings()
    functions.run_images_of_the_registry()
    functions.list_provisioned_concurrency()
    executions.name_throttles()
    executions.stop_children()
    secrets.exclude_punctuation()
    secrets.refer_by_arn()
    storage.refuse_strangers()
    # Imported last, because it reads the environment and installs signal handlers.
    from ministack import app

    images.list_referrers(app)
    app.main()
