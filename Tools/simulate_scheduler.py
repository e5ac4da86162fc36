#!/usr/bin/env python3
"""Plays a scenario by the rules of Documentation/scheduler.md and writes the log of its passes.

This was written from Documentation/scheduler.md alone, as a second opinion on the Swift code. Numbers in comments are
the rules of that page. It is plain rather than fast.

    simulate_scheduler.py SCENARIO.json PASSES.jsonl [--figures] [--warmup N] [--ttft SECONDS] [--tpot SECONDS]
"""

import argparse
import json
import math
import sys
from collections import Counter, OrderedDict

MASK = (1 << 64) - 1
G = 0x9E3779B97F4A7C15


# ---- Chance (33, 34)

def mix(z):
    z &= MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def uniform(seed, stream, i):
    """Draw number i of a stream, in [0, 1)."""
    key = mix(mix(seed + G) + (stream + 1) * G)
    return (mix(key + (i + 1) * G) >> 11) * 2.0 ** -53


def ceil_div(a, b):
    return -(-a // b)


# ---- What there is

class Request:
    def __init__(self, number, item):
        self.number = number
        self.arrival = float(item.get("arrival") or 0)  # of one that waited at its client: when it was sent (8)
        self.prompt = item["prompt"]
        self.output = item["output"]
        self.group = item.get("group")
        self.shared = item.get("shared") or 0
        self.tower = float(item.get("tower") or 0)
        self.computed = 0
        self.done = 0
        self.blocks = []
        self.named = 0
        self.tower_pending = self.tower > 0  # its tower is still to be part of a pass (29)
        self.arrives_with_cache = False      # its next admission is the first on a decoding instance (32)
        self.draws = 0                       # draws of its stream so far (31)
        self.first_delivery = None
        self.last_delivery = None
        self.state = None                    # "queue", "running", "sent" or None, for the figures
        self.since = 0.0

    @property
    def length(self):
        return self.prompt + self.done

    @property
    def held(self):
        return len(self.blocks)

    def decodes(self):
        return self.done > 0 and self.length - self.computed == 1

    def content(self, i, block):
        """What block i holds (21)."""
        if self.group is not None and (i + 1) * block <= self.shared:
            return ("group", self.group, i)
        return ("request", self.number, i)


class Pool:
    """The blocks of an instance (18 to 20)."""

    def __init__(self, count):
        self.queue = OrderedDict((b, None) for b in range(count))
        self.users = [0] * count
        self.content = [None] * count
        self.where = {}  # content: the block that has it

    @property
    def free(self):
        return len(self.queue)

    def forget(self, b):
        if self.content[b] is not None:
            del self.where[self.content[b]]
            self.content[b] = None

    def get(self):
        b, _ = self.queue.popitem(last=False)
        self.forget(b)
        self.users[b] = 1
        return b

    def use(self, b):
        """One more user of a block that was hit (21)."""
        if self.users[b] == 0:
            del self.queue[b]
        self.users[b] += 1

    def give_back(self, blocks):
        for b in reversed(blocks):
            self.users[b] -= 1
            if self.users[b] == 0:
                self.queue[b] = None

    def name(self, b, content):
        self.content[b] = content
        self.where[content] = b


class Take:
    """A request in a pass."""

    def __init__(self, request, take):
        self.request = request
        self.take = take
        self.computed = request.computed
        self.decodes = request.decodes()
        self.completes = request.computed + take == request.length


class Instance:
    def __init__(self, number, blocks, policy):
        self.number = number
        self.policy = policy
        self.pool = Pool(blocks)
        self.waiting = []
        self.running = []
        self.in_tower = 0
        self.flight = None        # the pass in flight: (start, end, takes, victims, free)
        self.victims = []         # victims since the pass before
        self.tower_end = 0.0      # when its own tower has done what it has (30)
        self.sender_end = 0.0     # when it has sent what it has to send (32)

    def inside(self):
        return self.in_tower + len(self.waiting) + len(self.running)


class Price:
    """The linear price of a pass (38)."""

    def __init__(self, item):
        item = item or {}
        self.values = [float(item.get(k) or 0) for k in ("pass", "token", "context", "pair", "logit")]

    def of(self, groups, logits):
        """groups: (n, take, m, whether they decode)."""
        tokens = sum(n * take for n, take, m, decode in groups)
        context = sum(n * m for n, take, m, decode in groups if decode)
        pairs = sum(take * (2 * m + take + 1) for n, take, m, decode in groups if not decode)
        each, token, per_context, pair, logit = self.values
        return each + token * tokens + per_context * context + pair * (pairs / 2) + logit * logits


def mean_rounded(values):
    n = len(values)
    return (2 * sum(values) + n) // (2 * n)


# ---- The machine

class Simulation:
    def __init__(self, scenario):
        get = lambda name, value: scenario[name] if scenario.get(name) is not None else value
        self.budget = get("budget", 8192)
        self.seqs = get("seqs", 256)
        self.block = get("block", 16)
        self.blocks = get("blocks", 10000)
        self.chunked = get("chunked", True)
        self.policy = get("policy", "mixed")
        self.admit = get("admit", "prompt")
        self.prefix = get("prefix", True)
        self.h0 = float(get("h0", 0))
        self.h1 = float(get("h1", 0))
        self.hr = float(get("hr", 0))
        self.seed = get("seed", 0)
        self.price = Price(scenario.get("price"))
        self.concurrency = scenario.get("concurrency")
        self.in_flight = scenario.get("in_flight")
        self.routing = get("routing", "round-robin")
        self.tower_of_its_own = get("tower", "loop") == "own"
        if self.policy == "prefill-first" and self.admit == "chunk":
            raise ValueError("prefill-first with admit = chunk is refused (16)")

        speculate = scenario.get("speculate")
        self.drafts = 0
        self.acceptance = 0.0
        self.draft_price = None
        if speculate is not None:
            self.drafts = speculate.get("tokens", 4)
            self.acceptance = speculate.get("acceptance", 0.7)
            self.draft_price = Price(speculate.get("price"))

        apart = scenario.get("apart")
        self.apart = apart is not None
        if self.apart:
            self.fillers = apart.get("prefill", 1)
            decoders = apart.get("decode", 1)
            self.latency = float(apart.get("latency", 0.001))
            self.per_token = float(apart.get("per_token", 1e-6))
        else:
            self.fillers = get("replicas", 1)
            decoders = 0
        self.instances = []
        for i in range(self.fillers + decoders):
            policy = self.policy if i < self.fillers else "mixed"  # 32
            self.instances.append(Instance(i, self.blocks, policy))

        items = scenario["requests"]
        if self.concurrency is None:  # 1: an open loop numbers by arrival, equal ones as in the file
            items = sorted(items, key=lambda item: item.get("arrival") or 0)
        self.requests = [Request(n, item) for n, item in enumerate(items)]
        self.now = 0.0
        self.routed = 0           # counter of round-robin among replicas, or those that fill
        self.routed_on = 0        # and among those that decode
        self.inside = 0
        self.jobs = []            # towers' works and transfers: (end, request number, kind, instance)
        self.log = []
        self.refused = []
        self.counts = Counter()   # what happened, to know that a scenario exercised it
        self.time_in = {"queue": 0.0, "running": 0.0, "sent": 0.0}

    # -- For the figures

    def change(self, r, state):
        if r.state is not None:
            self.time_in[r.state] += self.now - r.since
        r.state = state
        r.since = self.now

    # -- The clock (5)

    def run(self):
        if self.concurrency is not None:
            # 7: arrival times are not looked at.
            self.next = 0
            self.to_send = min(self.concurrency, len(self.requests))
        else:
            self.next = 0
            self.at_client = []

        while True:
            times = [i.flight[1] for i in self.instances if i.flight is not None]
            times += [job[0] for job in self.jobs]
            if self.concurrency is not None:
                if self.to_send > 0 and self.next < len(self.requests):
                    times.append(0.0)
            elif self.next < len(self.requests):
                times.append(self.requests[self.next].arrival)
            if not times:
                break
            self.now = min(times)

            for instance in self.instances:
                if instance.flight is not None and instance.flight[1] <= self.now:
                    self.end_pass(instance)
            due = sorted((job for job in self.jobs if job[0] <= self.now), key=lambda job: job[1])
            self.jobs = [job for job in self.jobs if job[0] > self.now]
            for job in due:
                self.end_job(job)
            self.arrivals()
            for instance in self.instances:
                if instance.flight is None:
                    self.plan(instance)

        for instance in self.instances:
            if instance.waiting or instance.running:
                raise RuntimeError("instance %d has requests but nothing goes on" % instance.number)

    def arrivals(self):
        if self.concurrency is not None:
            while self.to_send > 0 and self.next < len(self.requests):
                r = self.requests[self.next]
                self.next += 1
                r.arrival = self.now
                if self.arrive(r):
                    self.to_send -= 1
                # If not, its client sends the next one at this moment (6).
            return
        # 8: those at their clients first, by number; then those that are due now.
        while self.at_client and self.inside < self.in_flight:
            r = min(self.at_client, key=lambda r: r.number)
            self.at_client.remove(r)
            r.arrival = self.now
            self.arrive(r)
        while self.next < len(self.requests) and self.requests[self.next].arrival <= self.now:
            r = self.requests[self.next]
            self.next += 1
            if self.in_flight is not None and self.inside >= self.in_flight:
                self.at_client.append(r)
                self.counts["waits at its client (8)"] += 1
            else:
                self.arrive(r)

    def arrive(self, r):
        """False if it is refused (6)."""
        if ceil_div(r.prompt + r.output, self.block) > self.blocks:
            self.refused.append(r.number)
            self.counts["refused (6)"] += 1
            return False
        self.inside += 1
        self.change(r, "queue")
        instance = self.route(self.instances[:self.fillers], self.routed)
        self.routed += 1
        if self.tower_of_its_own and r.tower > 0:
            # 30
            begin = max(self.now, instance.tower_end)
            instance.tower_end = begin + r.tower
            instance.in_tower += 1
            r.tower_pending = False
            self.jobs.append((instance.tower_end, r.number, "tower", instance))
            self.counts["tower of its own (30)"] += 1
        else:
            instance.waiting.append(r)
        return True

    def route(self, among, count):
        """9"""
        if self.routing == "round-robin":
            return among[count % len(among)]
        return min(among, key=lambda i: (i.inside(), i.number))

    def end_job(self, job):
        _, number, kind, instance = job
        r = self.requests[number]
        if kind == "tower":
            instance.in_tower -= 1
            instance.waiting.append(r)
            return
        # 32: the end of a transfer.
        instance.pool.give_back(r.blocks)
        r.blocks = []
        r.arrives_with_cache = True
        self.change(r, "queue")
        target = self.route(self.instances[self.fillers:], self.routed_on)
        self.routed_on += 1
        target.waiting.append(r)

    # -- Planning (11 to 17)

    def wanted(self, r, left):
        """Tokens that a request takes (11, 31). At admission its `computed` is already the hit."""
        if r.decodes():
            return min(1 + self.drafts, r.output - r.done, left)
        return min(r.length - r.computed, left)

    def plan(self, instance):
        if not instance.waiting and not instance.running:
            return
        while True:
            if instance.policy == "mixed":
                takes, victims = self.attempt(instance, "all", True)
                break
            # 16
            takes, victims = self.attempt(instance, "fills", True)
            if takes:
                break
            if not victims:
                takes, victims = self.attempt(instance, "decodes", False)
                if takes or not victims:
                    break
            self.counts["plans again (16)"] += 1
        if takes:
            self.start_pass(instance, takes)
        else:
            self.counts["rests with requests (5)"] += 1

    def attempt(self, instance, kind, admits):
        """The takes of a pass, and whether there was a victim."""
        left = self.budget
        takes = []
        victim_made = False
        place = 0
        ended = False
        while place < len(instance.running) and left > 0 and not ended:
            r = instance.running[place]
            if (kind == "fills" and r.decodes()) or (kind == "decodes" and not r.decodes()):
                place += 1
                continue
            take = self.wanted(r, left)
            wants = max(0, ceil_div(r.computed + take, self.block) - r.held)
            while wants > instance.pool.free:
                victim = instance.running.pop()
                victim_made = True
                self.preempt(instance, victim)
                if victim is r:
                    ended = True
                    self.counts["is its own victim (12)"] += 1
                    break
            if ended:
                break
            for _ in range(wants):
                r.blocks.append(instance.pool.get())
            self.take(instance, r, take, takes)
            left -= take
            place += 1

        if admits and not victim_made:
            while left > 0 and len(instance.running) < self.seqs and instance.waiting:
                take = self.admit_head(instance, left, takes)
                if take is None:
                    break
                left = max(0, left - take)
        return takes, victim_made

    def preempt(self, instance, victim):
        instance.pool.give_back(victim.blocks)
        victim.blocks = []
        victim.computed = 0
        instance.waiting.insert(0, victim)
        instance.victims.append(victim.number)
        self.change(victim, "queue")
        self.counts["victim (12)"] += 1

    def hits(self, instance, r):
        """The blocks that rule 21 finds."""
        found = []
        if self.prefix:
            while len(found) < (r.length - 1) // self.block:
                b = instance.pool.where.get(r.content(len(found), self.block))
                if b is None:
                    break
                found.append(b)
        return found

    def admit_head(self, instance, left, takes):
        """Admits the head of `waiting` (13 to 15). What it takes, or None if it is not admitted."""
        r = instance.waiting[0]
        pool = instance.pool
        if r.arrives_with_cache:
            found = []
            hit = r.length - 1
        else:
            found = self.hits(instance, r)
            hit = len(found) * self.block
        r.computed = hit  # undone below if it is not admitted
        take = self.wanted(r, left)
        if not self.chunked and not r.decodes() and take < r.length - hit:
            if takes:
                r.computed = 0
                self.counts["not cut, not admitted (13)"] += 1
                return None
            take = r.length - hit
            self.counts["taken whole (13)"] += 1

        # 14
        if self.admit == "chunk":
            total = hit + take
        elif self.admit == "prompt":
            total = max(hit + take, r.length)
        else:
            total = r.prompt + r.output
        claims = 0
        if self.admit == "all":
            claims = sum(ceil_div(q.prompt + q.output, self.block) - q.held for q in instance.running)
        unused = sum(1 for b in found if pool.users[b] == 0)
        if ceil_div(total, self.block) - len(found) + unused > pool.free - claims:
            r.computed = 0
            self.counts["does not fit (14)"] += 1
            return None

        # 15
        instance.waiting.pop(0)
        instance.running.append(r)
        self.change(r, "running")
        for b in found:
            pool.use(b)
        r.blocks = list(found)
        r.named = len(found)
        if found:
            self.counts["hit (21)"] += 1
            if found and pool.content[found[-1]][0] == "request":
                self.counts["hit of its own (21)"] += 1
        if not r.arrives_with_cache:
            # 23. One that arrives with its cache was never here and has no contents here.
            for i in range(len(found), ceil_div(r.prompt + r.output, self.block)):
                b = pool.where.get(("request", r.number, i))
                if b is not None:
                    pool.forget(b)
                    self.counts["forgotten (23)"] += 1
        r.arrives_with_cache = False
        for _ in range(ceil_div(hit + take, self.block) - len(found)):
            r.blocks.append(pool.get())
        if r.decodes():
            self.counts["decodes as it is admitted"] += 1
        if take < r.length - hit:
            self.counts["first chunk"] += 1
        self.take(instance, r, take, takes)
        return take

    def take(self, instance, r, take, takes):
        """Takes a request into the pass and gives contents to its blocks (22)."""
        takes.append(Take(r, take))
        end = (r.computed + take) // self.block
        if self.prefix:
            for i in range(r.named, end):
                content = r.content(i, self.block)
                if content[0] == "group" and instance.pool.where.get(content, r.blocks[i]) != r.blocks[i]:
                    self.counts["stays without content (22)"] += 1
                    continue
                instance.pool.name(r.blocks[i], content)
        r.named = end

    # -- A pass (24 to 26)

    def start_pass(self, instance, takes):
        end = self.now + self.duration(takes)
        instance.flight = (self.now, end, takes, instance.victims, instance.pool.free)
        instance.victims = []

    def duration(self, takes):
        fills = [(1, t.take, t.computed, False) for t in takes if not t.decodes]
        decodes = [t for t in takes if t.decodes]
        groups = list(fills)
        for take in sorted({t.take for t in decodes}):
            same = [t.computed for t in decodes if t.take == take]
            groups.append((len(same), take, mean_rounded(same), True))
        logits = sum(t.take for t in decodes) + sum(1 for t in takes if not t.decodes and t.completes)
        seconds = self.price.of(groups, logits)
        for t in takes:
            if t.request.tower_pending:
                t.request.tower_pending = False
                seconds += t.request.tower  # 29
                self.counts["tower in the loop (29)"] += 1
        if self.draft_price is not None:
            # 31
            if fills:
                seconds += self.draft_price.of(fills, 0)
            for j in range(max((t.take - 1 for t in decodes), default=0)):
                those = [t.computed for t in decodes if t.take - 1 > j]
                m = mean_rounded(those)
                seconds += self.draft_price.of([(len(those), 1, m + j, True)], len(those))
        seconds += self.h0
        seconds += self.h1 * len(takes)
        return seconds

    def end_pass(self, instance):
        start, end, takes, victims, free = instance.flight
        instance.flight = None
        delivered = []
        ended = []
        for t in takes:
            r = t.request
            tokens = 0
            if t.decodes:
                drafts = t.take - 1
                kept = 0
                while kept < drafts and uniform(self.seed, 2 ** 32 + r.number, r.draws + kept) < self.acceptance:
                    kept += 1
                r.draws += drafts
                tokens = 1 + kept
                r.computed += tokens
                if drafts:
                    self.counts["drafts (31)"] += 1
            else:
                r.computed += t.take
                if r.computed == r.length:
                    tokens = 1
            if tokens == 0:
                continue
            r.done += tokens
            delivered.append([r.number, tokens])
            if r.first_delivery is None:
                r.first_delivery = end
            r.last_delivery = end
            if r.done == r.output:
                ended.append(r.number)
                instance.running.remove(r)
                instance.pool.give_back(r.blocks)
                r.blocks = []
                self.change(r, None)
                self.inside -= 1
                if self.concurrency is not None:
                    self.to_send += 1
            elif instance.number < self.fillers and self.apart:
                # 32: its keys and values are sent.
                instance.running.remove(r)
                self.change(r, "sent")
                begin = max(end, instance.sender_end)
                instance.sender_end = begin + (self.latency + self.per_token * r.computed)
                self.jobs.append((instance.sender_end, r.number, "transfer", instance))
                self.counts["transfer (32)"] += 1
        self.log.append({
            "instance": instance.number, "start": start, "end": end,
            "takes": [[t.request.number, t.take, t.computed] for t in takes],
            "victims": victims, "free": free, "delivered": delivered, "ended": ended})

    # -- Figures (27, 28)

    def figures(self, warmup=0, ttft=None, tpot=None):
        refused = set(self.refused)
        all_of_them = [r for r in self.requests if r.number not in refused]
        counted = [r for r in all_of_them if r.number >= warmup]
        result = {"requests": len(counted), "refused": len(self.refused), "passes": len(self.log),
                  "preemptions": self.counts["victim (12)"]}
        if not counted:
            return result
        first = [r.first_delivery - r.arrival + self.hr for r in counted]
        whole = [r.last_delivery - r.arrival + self.hr for r in counted]
        each = [(r.last_delivery - r.first_delivery) / (r.output - 1) for r in counted if r.output > 1]
        for name, values in (("ttft", first), ("tpot", each), ("e2e", whole)):
            if values:
                result[name + "_mean_seconds"] = sum(values) / len(values)
                for p in (50, 90, 95, 99):
                    result["%s_p%d_seconds" % (name, p)] = percentile(sorted(values), p / 100)
        span = max(r.last_delivery for r in counted) - min(r.arrival for r in counted)
        result["duration_seconds"] = span
        if span > 0:
            result["output_tokens_per_second"] = sum(r.output for r in counted) / span
            result["requests_per_second"] = len(counted) / span
            good = 0
            for r in counted:
                misses = ttft is not None and r.first_delivery - r.arrival + self.hr > ttft
                if tpot is not None and r.output > 1:
                    misses = misses or (r.last_delivery - r.first_delivery) / (r.output - 1) > tpot
                good += not misses
            result["goodput_requests_per_second"] = good / span
        whole_span = max(r.last_delivery for r in all_of_them) - min(r.arrival for r in all_of_them)
        if whole_span > 0:
            result["queue_mean"] = (self.time_in["queue"] + self.time_in["sent"]) / whole_span
            result["running_mean"] = self.time_in["running"] / whole_span
        busy = sum(p["end"] - p["start"] for p in self.log)
        if busy > 0:
            used = sum((p["end"] - p["start"]) * ((self.blocks - p["free"]) / self.blocks) for p in self.log)
            result["kv_used_share"] = used / busy
        return result


def percentile(values, p):
    place = p * (len(values) - 1)
    below = int(math.floor(place))
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def simulate(scenario):
    simulation = Simulation(scenario)
    simulation.run()
    return simulation


def main():
    parser = argparse.ArgumentParser(description="Plays a scenario by Documentation/scheduler.md.")
    parser.add_argument("scenario")
    parser.add_argument("passes", help="the log to write, - for standard output")
    parser.add_argument("--figures", action="store_true", help="print the figures of rule 27 as JSON")
    parser.add_argument("--warmup", type=int, default=0)
    parser.add_argument("--ttft", type=float)
    parser.add_argument("--tpot", type=float)
    options = parser.parse_args()
    with open(options.scenario) as file:
        scenario = json.load(file)
    try:
        simulation = simulate(scenario)
    except (ValueError, KeyError) as error:
        sys.exit("simulate_scheduler.py: %s" % error)
    text = "".join(json.dumps(line) + "\n" for line in simulation.log)
    if options.passes == "-":
        sys.stdout.write(text)
    else:
        with open(options.passes, "w") as file:
            file.write(text)
    if options.figures:
        print(json.dumps(simulation.figures(options.warmup, options.ttft, options.tpot), indent=1))


if __name__ == "__main__":
    main()
