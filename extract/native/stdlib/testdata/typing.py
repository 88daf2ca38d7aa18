import typing, typing_extensions, types
from typing import *
from collections.abc import Callable as C2, Mapping as M2
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
print(Optional[int], Union[int,str,None], List[int], Dict[str,int], Tuple[int,...], Callable[[int],str], Callable[...,int], Literal['a',1], Annotated[int,'x'])
print(get_origin(Optional[int]), get_args(Optional[int]), get_origin(List[int]), get_args(Dict[str,List[int]]), get_origin(int|None), get_args(int|None), get_origin(list[int]), get_args(list[int]))
print(get_args(Callable[[int,str],bool]), get_args(Callable[...,bool]), get_origin(Callable[[int],str]), get_origin(Annotated[int,'x']) is Annotated, get_args(Annotated[int,'x']), get_args(Literal['a','b']), get_origin(Literal['a']))
print(get_origin(C2[[int],str]), get_args(C2[[int],str]), get_args(C2[...,str]))
print(Union[int,int], Union[int,Union[str,int]], Optional[None], Union[int,str]==Union[str,int], Optional[int]==Union[int,None], (int|None)==Optional[int], hash(Union[int,str])==hash(Union[str,int]))
print(Optional[int]|str, int|Optional[str], list[int]|None, "x" if 0 else None, List[int]|None, Optional["Foo"], List["Foo"])
T=TypeVar('T'); K=TypeVar('K',bound=int); V=TypeVar('V',int,str)
print(T, K.__bound__, V.__constraints__, List[T], List[T][int], Dict[K,T][int,str], Union[T,None][int], T.__name__)
class G(Generic[T]):
    x:T
print(G[int], G.__orig_bases__, G.__mro__, G[int].__origin__, G[int].__args__, G[int]().__class__)
class H(G[int]): pass
print(H.__mro__, H.__orig_bases__)
class L(List[int]): pass
print(L.__mro__, L([1,2]))
class Mp(Mapping[str,int]):
    def __getitem__(s,k): return 1
    def __len__(s): return 1
    def __iter__(s): return iter(['a'])
print(Mp.__mro__, dict(Mp()), list(Mp().items()), Mp().get('q'), 'a' in Mp(), isinstance(Mp(),M2), isinstance({},Mapping), isinstance([],Sequence), isinstance('',Sequence), isinstance({},M2), isinstance(3,Hashable), isinstance([],Hashable), isinstance(print,Callable), isinstance(int,C2), isinstance(iter([]),Iterator), isinstance((x for x in []),Generator), isinstance(range(3),Sequence),isinstance({}.keys(),KeysView), isinstance(set(),MutableSet), isinstance(frozenset(),Set))
class TD(TypedDict,total=False):
    a:int
    b:Required[str]
class TD2(TD):
    c:float
print(TD.__annotations__, TD.__total__, TD.__required_keys__, TD.__optional_keys__, TD(a=1), TD2.__annotations__, sorted(TD2.__required_keys__), sorted(TD2.__optional_keys__))
t(lambda: isinstance({},TD))
TD3=TypedDict('TD3',{'x':int,'y':str}); print(TD3.__annotations__, TD3.__name__)
class NT(NamedTuple):
    a:int
    b:str='x'
    def f(self): return self.a*2
print(NT(1), NT(1,'y').f(), NT(a=2)._asdict(), NT._fields, NT(1)._replace(b='q'), NT._field_defaults, NT(1)==(1,'x'), NT.__annotations__, len(NT(1)), NT(1)[0], [*NT(1)])
a,b=NT(3); print(a,b, isinstance(NT(1),tuple), NT.__mro__)
t(lambda: NT()); t(lambda: NT(1,2,3)); t(lambda: NT(c=1))
N2=NamedTuple('N2',[('x',int),('y',int)]); print(N2(1,2))
class P(Protocol):
    def f(self)->int: ...
@runtime_checkable
class P2(Protocol):
    def f(self)->int: ...
class Im:
    def f(self): return 1
print(isinstance(Im(),P2), isinstance(3,P2)); t(lambda: isinstance(Im(),P)); t(lambda: P())
def fn(a:int, b:'List[str]'=None, *c:float, **d)->Optional['G']: pass
print(get_type_hints(fn)); print(fn.__annotations__)
class A:
    x:'int'
    y:ClassVar[int]=3
    z:Annotated[int,'m']
    def g(self): pass
class B(A):
    w:List['A']
    def g(self): pass
print(get_type_hints(B)); print(get_type_hints(B,include_extras=True))
print(cast(int,'x'), TYPE_CHECKING, NewType('U',int)(5), Any, Union, Optional, List, ForwardRef('x'))
t(lambda: Optional[int,str]); t(lambda: Union[()]); t(lambda: List[int]()); t(lambda: Optional[int]()); t(lambda: isinstance(1,List[int])); t(lambda: isinstance(1,Optional[int])); t(lambda: isinstance(1,Any)); t(lambda: issubclass(int,Union[int,str])); t(lambda: isinstance([],List)); t(lambda: NoReturn[int])
@overload
def ov(a:int)->int: ...
t(lambda: ov(1))
print(types.UnionType, type(int|str), type(Optional[int]), type(List[int]), int|str|None, types.GenericAlias(list,(int,)))
PS=ParamSpec('PS')
def deco(fn: Callable[PS,T])->Callable[PS,T]: return fn
class Gm(Mp, Generic[T,K]): pass
print(Gm[int,int], Gm.__mro__)
print(Type[int], Deque[int], DefaultDict[str,int], OrderedDict[str,int], ContextManager[int], Iterable[int], AsyncIterator[int], Pattern[str])
print(Literal[1,True,1], Literal['a']==Literal['a'], Literal['a','b']==Literal['b','a'], Literal[Literal[1,2],3])
