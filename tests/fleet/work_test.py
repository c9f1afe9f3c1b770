"""Which units go out next."""

from alidade.fleet.work import Task, Work


def handed_out(work: Work, seconds: dict[int, float]) -> list[tuple[int, ...]]:
    """All tasks, each done before the next goes out; `seconds` are of a unit, by model, ten units each."""
    out = []
    while task := work.next():
        out.append(task.units)
        work.done(task, sum(seconds[unit // 10] for unit in task.units))
    return out


def test_a_unit_of_each_model_goes_out_alone_and_says_how_many_go_together():
    work = Work([(0, list(range(10))), (1, list(range(10, 20)))], task_seconds=4)
    tasks = handed_out(work, {0: 1.0, 1: 100.0})
    assert tasks[:2] == [(0,), (10,)]
    assert all(len(task) == 1 for task in tasks if task[0] >= 10)
    assert [task for task in tasks if task[0] < 10] == [(0,), (1, 2, 3, 4), (5, 6, 7, 8), (9,)]
    assert sorted(unit for task in tasks for unit in task) == list(range(20))


def test_the_model_with_most_left_to_do_goes_first():
    work = Work([(0, list(range(10))), (1, list(range(10, 20)))], task_seconds=1)
    assert handed_out(work, {0: 1.0, 1: 100.0})[2:11] == [(unit,) for unit in range(11, 20)] + []


def test_what_was_lost_goes_out_again_alone_until_it_has_cost_three():
    work = Work([(0, [0, 1, 2])], task_seconds=10)
    first = work.next()
    work.done(first, 1.0)
    assert first == Task((0,)) and (together := work.next()) == Task((1, 2))
    assert work.lost(together) == []
    assert [work.next(), work.next()] == [Task((1,)), Task((2,))]
    work.done(Task((2,)), 1.0)
    assert work.lost(Task((1,))) == [] and work.next() == Task((1,))
    assert work.lost(Task((1,))) == [1] and work.next() is None and work.killers == [1]


def test_nothing_is_left_where_nothing_was():
    assert Work([(0, [])], task_seconds=1).next() is None
