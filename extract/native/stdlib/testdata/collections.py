from collections import *
import collections, functools, itertools, operator
from functools import *
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
o=OrderedDict([('a',1),('b',2),('c',3)]); o.move_to_end('a'); print(o, list(o), o.popitem(last=False), o.popitem(), o, OrderedDict(), OrderedDict(x=1)==OrderedDict(x=1), OrderedDict(a=1,b=2)==OrderedDict(b=2,a=1), OrderedDict(a=1,b=2)==dict(b=2,a=1), OrderedDict.fromkeys('ab',0), list(reversed(OrderedDict(a=1,b=2))))
class MO(OrderedDict):
    def __init__(self,*a,**k): super().__init__(*a,**k); self.extra=1
    def __setitem__(self,k,v): super().__setitem__(k,v)
    def __getitem__(self,k): return super().__getitem__(k)
m=MO(a=1); m['b']=2; m.z=5; print(m, m.extra, m['b'], dict(m), m.copy(), isinstance(m,dict), len(m), 'a' in m, {**m}, list(m.items()), m.get('q',7), m.__dict__)
t(lambda: m['zz']); t(lambda: OrderedDict().popitem()); t(lambda: o.move_to_end('zz'))
d=defaultdict(list); d['a'].append(1); d['b']; print(d, dict(d), d.default_factory, d.get('zz'), 'zz' in d, defaultdict(int,{'a':1},b=2), d.copy())
t(lambda: defaultdict()['x']); t(lambda: defaultdict(3))
class DD(defaultdict):
    def __missing__(self,k): self[k]=k*2; return self[k]
print(DD()['ab'], defaultdict(lambda: 5)[1])
q=deque([1,2,3],maxlen=3); q.append(4); q.appendleft(0); print(q, q.maxlen, list(q), q[0], q[-1], len(q), 2 in q, deque('ab')+deque('c'), q==deque([0,2,3]), bool(deque()), list(reversed(q)))
q.rotate(1); print(q, q.pop(), q.popleft(), q); q.extend([7,8]); q.extendleft([9]); print(q, q.index(7), q.count(7)); t(lambda: deque().pop()); t(lambda: q[10]); t(lambda: q.remove(99))
c=Counter('abracadabra'); print(c, c.most_common(2), c['zz'], sum(c.values()), c.total(), Counter(a=3)-Counter(a=1,b=2), Counter(a=1)+Counter(b=1), sorted(c.elements())[:3], Counter({'a':1})|Counter(a=5), dict(c)); c.update('zz'); c.subtract({'a':1}); print(c)
P=namedtuple('P','x y',defaults=[5]); print(P(1), P(1,2)._replace(x=9), P._fields, P(1)==(1,5), P._make([1,2]), P(1)._asdict(), P.__name__, P(3).x, P._field_defaults, isinstance(P(1),tuple), P(1)+(3,), hash(P(1))==hash((1,5)))
t(lambda: P()); t(lambda: P(1,2,3)); t(lambda: P(z=1)); t(lambda: namedtuple('P','a a')); t(lambda: namedtuple('P','class')); t(lambda: P(1)._replace(q=1))
class PP(namedtuple('B','a b')):
    __slots__=()
    def s(self): return self.a+self.b
    def __new__(cls,a,b=3): return super().__new__(cls,a,b)
print(PP(1).s(), PP(1), PP(1,2)._replace(a=7), PP(1)[1], max(PP(1)))
u=UserDict(a=1); u['b']=2; print(u, u.data, len(u), dict(u), 'a' in u, u.get('z'), list(u.items()), u.pop('a'), u|{'q':1}, u=={'b':2}); t(lambda: u['zz'])
cm=ChainMap({'a':1},{'a':2,'b':3}); print(cm, cm['a'], cm['b'], dict(cm), len(cm), cm.new_child({'z':1})); ul=UserList([3,1]); ul.append(2); ul.sort(); print(ul, ul[0], len(ul))
# functools
p=partial(lambda a,b=2,*c,**k:(a,b,c,k),1,k=5); print(p(), p(3), p(3,4,z=1), p.args, p.keywords, p(k=6)); t(lambda: partial(3)); t(lambda: partial())
@lru_cache(maxsize=None)
def fib(n): return n if n<2 else fib(n-1)+fib(n-2)
print(fib(30), fib.cache_info(), fib.__name__, fib.__wrapped__.__name__); fib.cache_clear(); print(fib.cache_info())
t(lambda: fib([1]))
class CC:
    n=0
    @cached_property
    def v(self): CC.n+=1; return CC.n
    @lru_cache
    def w(self,x): CC.n+=1; return (x,CC.n)
    @property
    @lru_cache(1)
    def pw(self): return 'pw'
    pm=partialmethod(lambda self,a,b:(a,b),1)
    @singledispatchmethod
    def sd(self,x): return 'obj'
    @sd.register
    def _(self,x:int): return 'int'
cc=CC(); print(cc.v,cc.v,cc.__dict__,cc.w(1),cc.w(1),cc.w(2),cc.pw,cc.pm(2),cc.sd(1),cc.sd('x'), CC.v.__class__.__name__)
del cc.v; print(cc.v); cc.v=9; print(cc.v)
print(reduce(operator.mul,[1,2,3,4]), reduce(lambda a,b:a+b,[],0), sorted([3,1,2],key=cmp_to_key(lambda a,b:b-a))); t(lambda: reduce(lambda a,b:a,[]))
def w0(f):
    @wraps(f)
    def g(*a,**k):
        "gdoc"
        return f(*a,**k)
    return g
@w0
def h(x,y=1):
    "hdoc"
    return x+y
h.attr=1
print(h(1), h.__name__, h.__doc__, h.__wrapped__(2), h.__qualname__, h.__module__, h.__dict__.keys())
@total_ordering
class TO:
    def __init__(s,v): s.v=v
    def __eq__(s,o): return s.v==o.v
    def __lt__(s,o): return s.v<o.v
print(TO(1)<=TO(1), TO(1)>TO(0), TO(1)>=TO(2), max(TO(1),TO(3)).v)
@singledispatch
def sd(x): return 'o'
@sd.register(int)
def _(x): return 'i'
@sd.register
def _(x:list): return 'l'
print(sd(1),sd('a'),sd([]),sd(True), sd.dispatch(int).__name__)
# itertools
from itertools import *
print(list(chain([1],'ab',(2,))), list(chain.from_iterable([[1],[2]])), list(product('ab',[1,2])), list(product([0,1],repeat=2)), list(product()), list(permutations([1,2,3],2)), len(list(permutations(range(4)))), list(combinations('abc',2)), list(combinations_with_replacement('ab',2)), list(combinations([1],2)))
print([(k,list(g)) for k,g in groupby('aabbbc')], [(k,list(g)) for k,g in groupby([1,3,2,4],key=lambda x:x%2)], [k for k,g in groupby('aab')], list(accumulate([1,2,3])), list(accumulate([1,2,3],operator.mul)), list(accumulate([1,2],initial=5)), list(islice(count(3,2),3)), list(islice('abcdef',1,5,2)), list(islice('abc',2)), list(zip_longest('ab','c',fillvalue='-')), list(takewhile(lambda x:x<3,[1,2,3,1])), list(dropwhile(lambda x:x<3,[1,2,3,1])), list(starmap(pow,[(2,3)])), list(repeat(1,3)), list(islice(cycle('ab'),5)), list(pairwise('abc')), list(filterfalse(None,[0,1])), list(compress('abc',[1,0,1])), [list(x) for x in tee([1,2])], list(repeat('x',0)))
print(list(zip(count(),'ab')), next(count(1.5)), isinstance(chain(),chain), list(permutations([1,2],3)))
print(operator.itemgetter(1)([1,2]), operator.itemgetter(0,2)('abc'), operator.attrgetter('x.real')(P(1)), operator.methodcaller('upper')('a'), operator.add(1,2), operator.__add__(1,2), operator.or_(1,2), operator.not_(1), operator.contains([1],1), operator.getitem([1],0), operator.ge(1,2), operator.floordiv(7,2), operator.index(True), operator.truth([]))

# copies of a defaultdict and a deque are apart from what they were made of
import copy
d = collections.defaultdict(list, a=[1])
e, f = copy.deepcopy(d), copy.copy(d)
e["a"].append(2); e["b"].append(3); f["c"].append(4)
print(dict(d), dict(e), dict(f))
q = collections.deque([[1]], maxlen=2)
r, s = copy.deepcopy(q), copy.copy(q)
r[0].append(2); s.append(3)
print(list(q), list(r), list(s), r.maxlen)
